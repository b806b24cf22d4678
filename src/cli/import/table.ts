import { grouped } from '../progress.js';
import { colorsFor, formatTable } from '../terminal.js';
import { notAccepted, sum, type Tally } from './tally.js';

/** What became of the file, by status and by what was asked or why not. */
export function printTally(tally: Tally): void {
  const colors = colorsFor(process.stdout);
  const rows = [
    ...rowsOf('accepted', tally.accepted, colors.green),
    ...rowsOf('refused', tally.refused, colors.red),
    ...rowsOf('rejected', tally.rejected, colors.yellow),
    ...(tally.invalid > 0
      ? [[colors.yellow('invalid'), 'not a command that can be read', grouped(tally.invalid)]]
      : []),
  ];
  const total = sum(tally.accepted) + notAccepted(tally);
  rows.push([colors.bold('total'), '', colors.bold(grouped(total))]);
  console.log(formatTable(['answer', 'command or reason', 'lines'], rows, { colors, right: [2] }));
  if (tally.invalid === 0) return;
  console.log(`\n  The first invalid lines:`);
  for (const { lineNumber, message } of tally.invalidExamples) console.log(`  line ${lineNumber}: ${message}`);
}

const rowsOf = (
  status: string,
  counts: Readonly<Record<string, number>>,
  color: (text: string) => string,
): string[][] =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([key, count], index) => [index === 0 ? color(status) : '', key, grouped(count)]);
