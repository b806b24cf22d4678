import type { ApiClient } from '../api-client.js';
import { grouped, startProgress } from '../progress.js';
import { makeExport, type DoneExport, type ExportRequest } from './job.js';
import { saveExport } from './save.js';
import { checkTarget, STDOUT } from './target.js';

/** Where an export goes to, and how it is spoken of. */
export interface ExportTarget {
  /** A file, or `-` for the standard output; left out, the name that the server gives it. */
  readonly out: string | undefined;
  /** What is being made. */
  readonly what: string;
  /** What is in it. */
  readonly items: string;
}

/** Has an export made, saves it, says on stderr what it holds, and on stdout where it is. */
export async function exportToFile(client: ApiClient, request: ExportRequest, target: ExportTarget): Promise<void> {
  const { out, what, items } = target;
  if (out !== STDOUT) checkTarget(out ?? items);
  const progress = startProgress(what);
  try {
    const done = await makeExport(client, request, progress);
    const file = await saveExport(client, done, { out, progress });
    progress.stop();
    tell(done, items);
    if (file !== undefined) console.log(file);
  } finally {
    progress.stop();
  }
}

function tell({ manifest, asOf, event }: DoneExport, items: string): void {
  const { population, bytes, sha256 } = manifest;
  const mark = population.root === undefined ? `population ${population.hash}` : `population’s root ${population.root}`;
  console.error(`${grouped(population.count)} ${items} as of position ${asOf}, ${mark}`);
  console.error(`${grouped(bytes)} bytes, SHA-256 ${sha256}, event ${event?.eventId ?? ''}`);
}
