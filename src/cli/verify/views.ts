import { loadKurrentAddress } from '../../config.js';
import { ViewsDatabaseError } from '../../views/database.js';
import { ViewReader } from '../../views/reader.js';
import { CliError } from '../errors.js';
import { EXIT_CODES } from '../exit-codes.js';
import { ProjectionServer } from '../projections/server.js';
import { configFor } from '../server-options.js';
import { crossCheck, type Compared } from './cross-check.js';
import { outcomeOf, printJson, printText } from './print-compared.js';
import { mustRun, projectedOf } from './projected.js';
import { lastTabled, tabledAt } from './tabled.js';

export interface CrossCheckOptions {
  readonly json?: true;
  readonly wait: string;
  readonly data?: string;
}

export const WAIT_SECONDS = { usual: 30, max: 600 };

/** `cairn verify --cross-check`. */
export async function verifyViews({ json, wait, data }: CrossCheckOptions): Promise<void> {
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
