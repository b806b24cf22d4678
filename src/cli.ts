#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addAttest } from './cli/attest.js';
import { addBake } from './cli/bake.js';
import { addDemo } from './cli/demo.js';
import { addErase } from './cli/erase.js';
import { addEvidence } from './cli/evidence.js';
import { addExport } from './cli/export.js';
import { exitCodeOf, toCliError } from './cli/errors.js';
import { EXIT_CODES } from './cli/exit-codes.js';
import { asWords } from './cli/github-actions.js';
import { addImport } from './cli/import.js';
import { addKey } from './cli/key.js';
import { addMigrate } from './cli/migrate.js';
import { addProjections } from './cli/projections.js';
import { addRebuild } from './cli/rebuild.js';
import { addSample } from './cli/sample.js';
import { addReport } from './cli/report.js';
import { addSignIn } from './cli/sign-in.js';
import { addServe } from './cli/serve.js';
import { colorsFor } from './cli/terminal.js';
import { addToken } from './cli/token.js';
import { addVerify } from './cli/verify.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  leaveQuietlyOnClosedPipe();
  try {
    await buildProgram().parseAsync([...argv]);
    return Number(process.exitCode ?? EXIT_CODES.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    return report(error);
  }
}

function buildProgram(): Command {
  const program = new Command('cairn')
    .description('The ledger of known-good state: what runs where, how it got there and who allowed it.')
    .version(version)
    // After the name of a command, options are its own: "cairn bake --version" is the artifact's.
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('Try --help.')
    .addHelpText(
      'after',
      `
Examples:
  $ cairn demo                        a month of three services, and a server to try
  $ cairn serve --port 8080           serve the ledger in ./data
  $ export CAIRN_TOKEN=$(cairn sign-in)
  $ cairn token issue --subject orders-ci --role pipeline --pipeline orders-ci
  $ cairn key show                    the verifier key that auditors need
  $ cairn bake --digest sha256:…      tell what a pipeline has built, and prove it
  $ cairn attest keygen --out ci.pem  a key that it signs with
  $ cairn import history.ndjson.gz    tell history after the fact
  $ cairn export --environment production
  $ cairn evidence --environment production --from 2026-01-01T00:00:00Z -o evidence.zip
  $ cairn sample --size 25 --environment production
  $ cairn report --since 7d           the advisory board's report of the last seven days
  $ cairn erase <eventId> --reason 'named a customer'
  $ cairn migrate --data data         copy a ledger's file to the KurrentDB of CAIRN_EVENT_STORE
  $ cairn projections deploy          put the projections on the KurrentDB server of CAIRN_EVENT_STORE
  $ cairn verify --data data          prove that no event was changed, moved or left out
  $ cairn verify --cross-check        compare that server's known-good state with the tables

Settings come from CAIRN_* variables, and options go before them. Exit codes: 0 done, 1 refused or failed,
2 wrong usage, 66 input, 69 unavailable, 75 ledger in use, 77 not allowed, 78 wrong setting, 130 interrupted.`,
    );
  for (const add of [
    addServe,
    addDemo,
    addBake,
    addAttest,
    addImport,
    addExport,
    addEvidence,
    addSample,
    addReport,
    addRebuild,
    addErase,
    addMigrate,
    addProjections,
    addVerify,
    addSignIn,
    addToken,
    addKey,
  ])
    add(program);
  return program;
}

/** A sentence on stderr. The stack is for whoever asks for it. */
function report(thrown: unknown): number {
  const error = toCliError(thrown);
  const colors = colorsFor(process.stderr);
  process.stderr.write(`${colors.red('cairn:')} ${asWords(error.message)}\n`);
  if (error.hint) process.stderr.write(`${colors.dim(asWords(error.hint))}\n`);
  if (process.env.CAIRN_DEBUG) console.error(error.cause ?? error);
  return exitCodeOf(error);
}

/** `cairn … | head` closes the pipe early: that is no fault to tell of. */
function leaveQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok);
    throw error;
  });
}
