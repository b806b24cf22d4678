import type { Command } from 'commander';
import { loadKurrentAddress } from '../config.js';
import { ViewsDatabaseError } from '../views/database.js';
import { ViewReader } from '../views/reader.js';
import { CliError } from './errors.js';
import { EXIT_CODES } from './exit-codes.js';
import { ProjectionServer } from './projections/server.js';
import { configFor } from './server-options.js';
import { crossCheck, type Compared } from './verify/cross-check.js';
import { mustRun, projectedOf } from './verify/projected.js';
import { outcomeOf, printJson, printText } from './verify/print.js';
import { lastTabled, tabledAt } from './verify/tabled.js';

interface VerifyOptions {
  readonly crossCheck: true;
  readonly json?: true;
  readonly wait: string;
  readonly data?: string;
}

const WAIT_SECONDS = { usual: 30, max: 600 };

/** `cairn verify`: holds what Cairn says against something that does not depend on it. */
export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('hold what Cairn says against what can be had without it')
    .requiredOption(
      '--cross-check',
      'compare the known-good state of the tables with that of the KurrentDB server’s own projection',
    )
    .option('--json', 'the result as JSON, with whole fingerprints')
    .option(
      '--wait <seconds>',
      `how long a side that is behind is waited for, 0 to ${WAIT_SECONDS.max}`,
      String(WAIT_SECONDS.usual),
    )
    .option('--data <folder>', 'folder of the views, where CAIRN_DATABASE does not say it (CAIRN_DATA, default data)')
    .addHelpText(
      'after',
      `
Two derivations of the same events that share no code: the tables of CAIRN_DATABASE, which are only read, and the
projection cairn-known-good on the server of CAIRN_EVENT_STORE, with an administrator's credentials. They are compared
by fingerprint in each environment that the tables list, at the revision that the projection has come to. Neither has
to stand still meanwhile.

Exit codes: 0 equal, 1 different, 69 where one cannot be asked or has not caught up, 78 wrong setting.

Example:
  $ export CAIRN_EVENT_STORE='esdb://admin:<password>@kurrentdb:2113?tls=true&tlsCAFile=/certs/ca.crt'
  $ cairn projections deploy
  $ cairn verify --cross-check`,
    )
    .action(verify);
}

async function verify({ json, wait, data }: VerifyOptions): Promise<void> {
  const patienceSeconds = secondsOf(wait);
  // First of all, so that the reason is said where the ledger is a file.
  loadKurrentAddress(process.env);
  const { database } = configFor(data === undefined ? {} : { data });
  const server = await ProjectionServer.of(process.env);
  const views = await ViewReader.open(database).catch(unavailable);
  try {
    const compared = await compareAll(server, views, patienceSeconds * 1_000).catch(unavailable);
    (json ? printJson : printText)(compared, patienceSeconds);
    process.exitCode = EXIT_CODES[EXIT_OF[outcomeOf(compared)]];
  } finally {
    await views.close();
    await server.close();
  }
}

const EXIT_OF = { equal: 'ok', different: 'failed', incomplete: 'unavailable' } as const;

async function compareAll(server: ProjectionServer, views: ViewReader, patienceMs: number): Promise<Compared[]> {
  await mustRun(server);
  const position = await views.position();
  if (position < 0) throw new ViewsDatabaseError('the views know nothing yet');
  const environments = (await views.environments.list(position)).map(({ name }) => name);
  return crossCheck(
    environments,
    {
      projected: (environment) => projectedOf(server, environment),
      tabled: (environment, revision) => tabledAt(views, environment, revision),
      lastTabled: (environment) => lastTabled(views, environment),
    },
    patienceMs,
  );
}

function secondsOf(wait: string): number {
  if (/^\d{1,3}$/.test(wait) && Number(wait) <= WAIT_SECONDS.max) return Number(wait);
  throw new CliError('usage', `--wait must be a whole number of seconds from 0 to ${WAIT_SECONDS.max}, not ${wait}.`);
}

function unavailable(error: unknown): never {
  if (!(error instanceof ViewsDatabaseError)) throw error;
  throw new CliError(
    'unavailable',
    `There are no tables to compare with: ${error.message}.`,
    'A server that runs on CAIRN_DATABASE makes them, or cairn rebuild does.',
    { cause: error },
  );
}
