import { InvalidArgumentError, Option, type Command } from 'commander';
import { FORMAT_NAMES } from '../reports/formats.js';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { checkFile } from './report/check.js';
import { makeFile, type MakeOptions } from './report/make.js';

interface ReportOptions extends ConnectionOptions, MakeOptions {
  readonly check?: string;
}

/** `cairn report`: the advisory board's report as a file, and whether a file in hand is the true one. */
export function addReport(program: Command): void {
  withConnection(
    program
      .command('report')
      .description('write the advisory board’s report to a file, or check one')
      .option('--environment <name>', 'repeat for several; all of tier production by default', collect, [])
      .addOption(new Option('--since <length>', 'length of the period: 7d, 2w, 36h').argParser(parseLength))
      .addOption(new Option('--from <time>', 'RFC 3339 time at which the period begins').conflicts('since'))
      .option('--to <time>', 'RFC 3339 time at which it ends; now by default')
      .option('--as-of <moment>', 'what the ledger knew then: a time, or a position; now by default')
      .addOption(
        new Option('--format <format>', 'html by default, or what the name of --out ends in').choices(FORMAT_NAMES),
      )
      .option('--out <file>', 'where to write it, - for stdout; named after its period by default')
      .option('--issue', 'write into the ledger that this report was handed out (auditor, admin)')
      .option('--reason <text>', 'what it is issued for')
      .addOption(new Option('--check <file>', 'make the report of this file again, and compare').conflicts(ALONE)),
  )
    .addHelpText(
      'after',
      `
A report's period, environments and ledger position are in the file. The same ones give the same bytes, so that any
file can be checked, years later. Exit code of --check: 0 the true one, 1 another one, 66 no report of Cairn.

Examples:
  $ export CAIRN_TOKEN=<any token>
  $ cairn report --since 7d --environment production
  $ cairn report --from 2026-01-01T00:00:00Z --to 2026-04-01T00:00:00Z --out quarter.pdf
  $ cairn report --since 7d --issue --reason "Board of 2 March" --out board.pdf
  $ cairn report --check board.pdf`,
    )
    .action(report);
}

const ALONE = ['since', 'from', 'to', 'asOf', 'format', 'out', 'issue', 'reason'];

async function report({ check, ...options }: ReportOptions): Promise<void> {
  const client = clientFor(options);
  if (check === undefined) await makeFile(client, options);
  else await checkFile(client, check);
}

const collect = (name: string, names: readonly string[]): string[] => [...names, name];

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const LENGTH_MAX_MS = 366 * 86_400_000;

function parseLength(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,4})([hdw])$/.exec(text) ?? [];
  const length = Number(count) * (UNITS_MS[unit] ?? NaN);
  if (length <= LENGTH_MAX_MS) return length;
  throw new InvalidArgumentError('a whole number of hours, days or weeks such as 36h, 7d or 2w, at most 366d.');
}
