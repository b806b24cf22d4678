import { CliError } from '../errors.js';
import { PREFIX } from '../projections/files.js';
import { isRunning, type ProjectionServer } from '../projections/server.js';

/** The state that `projections/known-good.js` keeps of an environment. */
export interface Projected {
  /** Revision of the last event of the environment's stream that it has seen. */
  readonly seen: number;
  /** Revision of the last one that moved the live set. */
  readonly revision: number;
  /** Service → digest. */
  readonly live: Readonly<Record<string, string>>;
  /** Events that Cairn did not write, or that cannot be read. */
  readonly skipped: number;
}

const NAME = `${PREFIX}known-good`;

/** @throws CliError saying what to do, unless the projection is there and runs */
export async function mustRun(server: ProjectionServer): Promise<void> {
  const found = (await server.statuses()).find(({ name }) => name === NAME);
  if (!found) {
    const hint = 'cairn projections deploy puts it there; it then needs a while for what is in the ledger already.';
    throw new CliError('unavailable', `The projection ${NAME} is not on the server.`, hint);
  }
  if (isRunning(found)) return;
  const why = found.reason ? `: ${found.reason}` : '.';
  throw new CliError(
    'unavailable',
    `The projection ${NAME} does not run, it is ${found.state}${why}`,
    'cairn projections deploy enables it again; cairn projections status shows how far it is.',
  );
}

/** What the projection says of an environment; nothing where it has seen none of its events. */
export async function projectedOf(server: ProjectionServer, environment: string): Promise<Projected | undefined> {
  const state = await server.stateOf(NAME, environment);
  // A server answers for a partition that it does not know with an empty state.
  if (state === null || state === undefined || state === '') return undefined;
  if (typeof state === 'object' && Object.keys(state).length === 0) return undefined;
  if (isProjected(state)) return state.seen < 0 ? undefined : state;
  throw new CliError(
    'unavailable',
    `The projection ${NAME} on the server keeps another state than projections/known-good.js does.`,
    'cairn projections diff shows how it differs, and cairn projections deploy replaces it.',
  );
}

function isProjected(state: unknown): state is Projected {
  const { seen, revision, live, skipped } = state as Partial<Record<keyof Projected, unknown>>;
  const areNumbers = [seen, revision, skipped].every((value) => Number.isSafeInteger(value) && Number(value) >= -1);
  if (!areNumbers || typeof live !== 'object' || live === null || Array.isArray(live)) return false;
  return Object.values(live).every((digest) => typeof digest === 'string');
}
