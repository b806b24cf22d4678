import { Option, type Command } from 'commander';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { exportToFile } from './export/to-file.js';
import { populationOf, withPopulation, type PopulationOptions } from './population-options.js';

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
    .option('--out <file>', 'where to write it, - for stdout; left out, a name that tells what it is')
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
  const { format, fields, order, note, out } = options;
  const given = { ...(fields && { fields }), ...(order && { order }), ...(note && { note }) };
  const body = { what: 'changes', format, ...populationOf(options), ...given };
  await exportToFile(clientFor(options), { path: '/exports', body }, { out, what: 'export', items: 'changes' });
}
