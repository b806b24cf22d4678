import { Option, type Command } from 'commander';
import { renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { download } from './export/download.js';
import { makeExport } from './export/job.js';
import { populationOf, withPopulation, type PopulationOptions } from './population-options.js';
import { grouped, startProgress } from './progress.js';

interface ExportOptions extends ConnectionOptions, PopulationOptions {
  readonly format: string;
  readonly fields?: string;
  readonly order?: string;
  readonly note?: string;
  readonly out?: string;
}

/** `cairn export`: the changes of a filter as a file, checked against what the ledger says of it. */
export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('write changes to a file, with its SHA-256 beside it; needs an auditor’s or admin’s token')
    .addOption(
      new Option('--format <format>', 'what to write').choices(['ndjson', 'csv', 'xlsx', 'pdf']).default('csv'),
    );
  withConnection(withPopulation(command))
    .option('--fields <names>', 'fields to write, with commas between them; left out, all')
    .addOption(new Option('--order <order>', 'asc: the oldest first; desc: the newest').choices(['asc', 'desc']))
    .option('--note <text>', 'what for; it is kept with the event')
    .option('--out <file>', 'where to write it; left out, a name that tells what it is')
    .addHelpText(
      'after',
      `
The export is an event in the ledger. FILE.sha256 is for "sha256sum --check". A download that breaks off goes on where
it was (FILE.part). NDJSON is exact; in the others, what is hidden in a text is shown and no cell is a formula.

Examples:
  $ cairn export --format csv --environment production --from 2026-01-01T00:00:00Z --to 2026-04-01T00:00:00Z
  $ cairn export --format ndjson --outcome refused --outcome failed --out refused.ndjson`,
    )
    .action(exportChanges);
}

async function exportChanges(options: ExportOptions): Promise<void> {
  const client = clientFor(options);
  const { format, fields, order, note } = options;
  const given = { ...(fields && { fields }), ...(order && { order }), ...(note && { note }) };
  const body = { what: 'changes', format, ...populationOf(options), ...given };
  const progress = startProgress('export');
  try {
    const { id, manifest, event, asOf } = await makeExport(client, body, progress);
    const file = options.out ?? manifest.file;
    // Named by its digest, so that what an earlier run left of another file is not gone on with.
    const part = `${file}.${manifest.sha256.slice(0, 12)}.part`;
    const wanted = { path: `/exports/${id}/content`, bytes: manifest.bytes, sha256: manifest.sha256 };
    await download(client, wanted, part, (have) => progress.update(have, manifest.bytes, `${grouped(have)} bytes`));
    progress.stop();
    renameSync(part, file);
    writeFileSync(`${file}.sha256`, `${manifest.sha256}  ${basename(file)}\n`);
    const { count, hash } = manifest.population;
    console.error(`${grouped(count)} changes as of position ${asOf}, population ${hash}`);
    console.error(`${grouped(manifest.bytes)} bytes, SHA-256 ${manifest.sha256}, event ${event?.eventId ?? ''}`);
    console.log(file);
  } finally {
    progress.stop();
  }
}
