import { Option, type Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { checkTarget, STDOUT } from './export/target.js';
import { parseSize, populationOf, withPopulation, type PopulationOptions } from './population-options.js';
import { grouped } from './progress.js';

interface SampleOptions extends ConnectionOptions, PopulationOptions {
  readonly size: number;
  readonly seed?: string;
  readonly stratifyBy?: string;
  readonly note?: string;
  readonly out?: string;
}

interface SampleAnswer {
  readonly eventId: string;
  readonly seed: string;
  readonly asOf: number;
  readonly population: { readonly count: number; readonly hash: string };
  readonly isWhole: boolean;
  readonly allocation?: readonly {
    readonly stratum: string | null;
    readonly population: number;
    readonly size: number;
  }[];
  readonly items: readonly object[];
}

/** `cairn sample`: changes drawn by a seed, a row a line. */
export function addSample(program: Command): void {
  const command = program
    .command('sample')
    .description('draw a sample of changes that can be drawn again; needs an auditor’s or admin’s token')
    .requiredOption('--size <rows>', 'how many to draw, 1 to 1000', parseSize);
  withConnection(withPopulation(command))
    .option('--seed <text>', 'draws the same sample again; left out, one is made')
    .addOption(new Option('--stratify-by <field>', 'draw from each in proportion').choices(['environment', 'outcome']))
    .option('--note <text>', 'what for; it is kept with the event')
    .option('--out <file>', 'where to write the rows (NDJSON); - or left out, stdout')
    .addHelpText(
      'after',
      `
A row's key is the SHA-256 of "SEED:CHANGEID"; the smallest keys are the sample. The draw is an event in the ledger:
GET /v1/samples/EVENTID draws it again.

Example:
  $ cairn sample --size 25 --seed 2026-Q1 --environment production --stratify-by outcome`,
    )
    .action(drawSample);
}

async function drawSample(options: SampleOptions): Promise<void> {
  const { size, seed, stratifyBy, note, out = STDOUT } = options;
  if (out !== STDOUT) checkTarget(out);
  const given = { ...(seed && { seed }), ...(stratifyBy && { stratifyBy }), ...(note && { note }) };
  const body = { what: 'changes', size, ...populationOf(options), ...given };
  const sample = await clientFor(options).expectJson<SampleAnswer>({ method: 'POST', path: '/samples', body });
  const { population, items, isWhole, allocation = [] } = sample;
  console.error(
    `${grouped(items.length)} of ${grouped(population.count)} changes as of position ${sample.asOf}` +
      `${isWhole ? ', which is all of them' : ''}; seed ${sample.seed}`,
  );
  for (const { stratum, population: all, size: drawn } of allocation) {
    console.error(`  ${stratum ?? '(none)'}: ${grouped(drawn)} of ${grouped(all)}`);
  }
  console.error(`Population ${population.hash}, event ${sample.eventId}`);
  const lines = items.map((item) => `${JSON.stringify(item)}\n`).join('');
  if (out === STDOUT) process.stdout.write(lines);
  else writeFileSync(out, lines);
}
