import { InvalidArgumentError, type Command } from 'commander';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { EXIT_CODES } from './exit-codes.js';
import { runImport } from './import/run.js';
import { printTally } from './import/table.js';
import { notAccepted } from './import/tally.js';

interface ImportOptions extends ConnectionOptions {
  readonly batch: number;
  readonly strict?: boolean;
  readonly restart?: boolean;
}

/** What the server takes in one request. */
const MAX_LINES = 1_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** `cairn import FILE`: tells history after the fact, a command a line, in file order. */
export function addImport(program: Command): void {
  withConnection(
    program
      .command('import')
      .description('send a file of commands (NDJSON, also .gz) to the ledger, in order; needs an admin token')
      .argument('<file>', 'the file, or - for stdin')
      .option('--batch <lines>', `lines a request, at most ${MAX_LINES}`, parseBatch, 500)
      .option('--strict', 'exit 1 when anything was not accepted')
      .option('--restart', 'start from the first line, whatever an earlier run acknowledged'),
  )
    .addHelpText(
      'after',
      `
A stopped import resumes where it was (FILE.progress), and no line is taken twice however often it is sent.

Examples:
  $ export CAIRN_TOKEN=<the admin's token>
  $ cairn import history.ndjson
  $ cairn import history.ndjson.gz --batch 1000 --strict
  $ zcat parts/*.gz | cairn import -

A line:
  {"command":"promote","occurredAt":"2026-01-05T09:30:00Z","pipeline":"orders-ci","environment":"test",
   "digest":"sha256:…","strategy":"all-at-once","change":{"type":"standard","reason":"release 2.4"}}`,
    )
    .action(importFile);
}

async function importFile(file: string, options: ImportOptions): Promise<void> {
  const client = clientFor(options);
  const { tally, lines, isStopped, stop } = await runImport(client, {
    file,
    bounds: { lines: options.batch, bytes: MAX_BYTES },
    restart: options.restart ?? false,
  });
  printTally(tally);
  if (stop) {
    console.error(`\nStopped at line ${lines}. ${resumeHint(file)}`);
    throw stop;
  }
  if (isStopped) {
    console.error(`\nStopped after line ${lines}. ${resumeHint(file)}`);
    process.exitCode = EXIT_CODES.interrupted;
  } else if (options.strict && notAccepted(tally) > 0) {
    process.exitCode = EXIT_CODES.failed;
  }
}

const resumeHint = (file: string): string =>
  file === '-'
    ? 'Send the whole input again to go on: no line is taken twice.'
    : `Run the same command again to go on from there.`;

function parseBatch(text: string): number {
  const lines = Number(text);
  if (Number.isInteger(lines) && lines >= 1 && lines <= MAX_LINES) return lines;
  throw new InvalidArgumentError(`a whole number from 1 to ${MAX_LINES}.`);
}
