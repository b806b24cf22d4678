import { createReadStream, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ApiClient } from '../api-client.js';
import { grouped, type Progress } from '../progress.js';
import { download } from './download.js';
import type { DoneExport } from './job.js';
import { STDOUT } from './target.js';

/** Where a finished export is to go. */
export interface Destination {
  /** A file, or `-` for the standard output; left out, the name that the server gives it. */
  readonly out: string | undefined;
  readonly progress: Progress;
}

/**
 * Fetches the file of an export, checked against what the ledger tells of it, with its digest beside it.
 *
 * @returns the name of the file; undefined where it was printed
 */
export async function saveExport(
  client: ApiClient,
  { id, manifest }: DoneExport,
  { out, progress }: Destination,
): Promise<string | undefined> {
  const { bytes, sha256 } = manifest;
  const fetchTo = (part: string) => {
    const wanted = { path: `/exports/${id}/content`, bytes, sha256 };
    return download(client, wanted, part, (have) => progress.update(have, bytes, `${grouped(have)} bytes`));
  };
  if (out === STDOUT) {
    await print(fetchTo);
    return undefined;
  }
  const file = out ?? basename(manifest.file);
  await writeTo(file, sha256, fetchTo);
  return file;
}

type Fetch = (part: string) => Promise<void>;

async function writeTo(file: string, sha256: string, fetchTo: Fetch): Promise<void> {
  // Named by its digest, so that what an earlier run left of another file is not gone on with.
  const part = `${file}.${sha256.slice(0, 12)}.part`;
  await fetchTo(part);
  renameSync(part, file);
  writeFileSync(`${file}.sha256`, `${sha256}  ${basename(file)}\n`);
}

/** Nothing is printed before all of it is here and is what the ledger tells of. */
async function print(fetchTo: Fetch): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-export-'));
  try {
    const part = join(folder, 'part');
    await fetchTo(part);
    await pipeline(createReadStream(part), process.stdout, { end: false });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
