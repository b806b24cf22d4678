import type { Command } from 'commander';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { exportToFile } from './export/to-file.js';
import { gather, populationOf, withPopulation, type PopulationOptions } from './population-options.js';

interface EvidenceOptions extends ConnectionOptions, PopulationOptions {
  readonly change?: string[];
  readonly event?: string[];
  readonly withhold?: string[];
  readonly range?: true;
  readonly note?: string;
  readonly out?: string;
}

/** `cairn evidence`: events with their proofs, in one file that can be checked without the server. */
export function addEvidence(program: Command): void {
  const command = program
    .command('evidence')
    .description('write events with their proofs to a file; needs an auditor’s or admin’s token')
    .option('--change <id>', 'a change, instead of filters; repeat for more', gather)
    .option('--event <id>', 'a single event, instead of filters; repeat for more', gather);
  withConnection(withPopulation(command))
    .option('--range', 'with the leaf of every event between the first and the last, so that none can be missing')
    .option('--withhold <rule>', 'texts to keep back: data, meta, remarks or all; repeat for more', gather)
    .option('--note <text>', 'what for; it is kept with the event')
    .option('-o, --out <file>', 'where to write it, - for stdout; left out, a name that tells what it is')
    .addHelpText(
      'after',
      `
Of each change: its whole life, and the bake, attestations, policies and registrations that it rested on. The package
is an event in the ledger. Its index.html says how to check it by hand, and "cairn verify FILE" checks it. What is
withheld is proven in its place all the same; after a colon, --withhold takes an event's id, or a type with *.

Examples:
  $ cairn evidence --environment production --from 2026-01-01T00:00:00Z --to 2026-04-01T00:00:00Z -o q1.zip
  $ cairn evidence --change 0197a3c4-5d6e-7f80-9123-456789abcdef -o change.zip
  $ cairn evidence --service shop --range --withhold remarks --withhold 'all:Pipeline*' -o shop.zip`,
    )
    .action(exportEvidence);
}

async function exportEvidence(options: EvidenceOptions): Promise<void> {
  const { change, event, withhold, range, note, out } = options;
  const singled = { ...(change && { changeId: change }), ...(event && { event }) };
  const shape = { ...(range && { completeness: 'range' }), ...(withhold && { withhold }), ...(note && { note }) };
  const body = { ...populationOf(options), ...singled, ...shape };
  await exportToFile(clientFor(options), { path: '/evidence', body }, { out, what: 'evidence', items: 'events' });
}
