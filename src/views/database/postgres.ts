import { DataSource, type DataSourceOptions } from 'typeorm';
import { isDatabaseAway } from './away.js';
import { openSession, type PostgresSession } from './postgres-session.js';
import { checkPostgresUrl, placeOf } from './postgres-url.js';
import { messageOf, SHARED_OPTIONS, ViewsDatabaseError, type Room } from './session.js';

/** The session that writes has one connection for itself; the other is for who looks on. */
const WRITER_CONNECTIONS = 2;

/** For one thread of a server: it has three that read. */
const READER_CONNECTIONS = 8;

/** How long a connection may take, a free one of the pool included. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How long a connection may be silent before the network is asked whether it is still there. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/** What a read may take: a report over a whole year is made of several. */
const READ_TIMEOUT_MS = 120_000;

/** After the server's own timeout: this one is for a server that has gone without a word. */
const ANSWER_TIMEOUT_MS = READ_TIMEOUT_MS + 5_000;

/**
 * A writer whose machine is gone loses the views within half a minute. Beside a server its commits are on disk before
 * they are told: what readers were answered from must not be gone after a crash. A rebuild tells nobody until it ends.
 */
const writerOptions = ({ isDurable }: Room): string[] => [
  ...['tcp_keepalives_idle=10', 'tcp_keepalives_interval=5', 'tcp_keepalives_count=3'],
  ...[`synchronous_commit=${isDurable ? 'on' : 'off'}`, 'idle_session_timeout=0'],
  ...['lock_timeout=0', 'statement_timeout=0', 'jit=off'],
];
const READER_OPTIONS = ['default_transaction_read_only=on', 'jit=off'];

/** Opens the database and brings its tables up to date, one server at a time. */
export async function openPostgresSession(url: string, room: Room): Promise<PostgresSession> {
  const source = new DataSource(
    optionsOf(url, { name: 'cairn projector', connections: WRITER_CONNECTIONS, settings: writerOptions(room) }),
  );
  await opened(source, url);
  try {
    return await openSession(source, placeOf(url));
  } catch (cause) {
    await source.destroy();
    throw problemOf(cause, url);
  }
}

/** A pool of connections that only read. */
export async function openPostgresReader(url: string): Promise<DataSource> {
  const source = new DataSource(
    optionsOf(url, {
      ...{ name: 'cairn reader', connections: READER_CONNECTIONS, settings: READER_OPTIONS },
      limits: { statement_timeout: READ_TIMEOUT_MS, query_timeout: ANSWER_TIMEOUT_MS },
    }),
  );
  await opened(source, url);
  const [found] = await source.query<{ is: boolean }[]>("SELECT to_regclass('view_checkpoints') IS NOT NULL AS is");
  if (found?.is) return source;
  await source.destroy();
  throw new ViewsDatabaseError(`the views' tables are not there in ${placeOf(url)}`, { code: 'database-refused' });
}

interface Purpose {
  readonly name: string;
  readonly connections: number;
  readonly settings: readonly string[];
  readonly limits?: object;
}

function optionsOf(
  url: string,
  { name, connections, settings, limits }: Purpose,
): Extract<DataSourceOptions, { type: 'postgres' }> {
  try {
    checkPostgresUrl(url);
  } catch (cause) {
    throw new ViewsDatabaseError(`the views' database ${messageOf(cause)}`, { cause, code: 'database-refused' });
  }
  const ours = settings.map((setting) => `-c ${setting}`).join(' ');
  const [, theirs = ''] = /[?&]options=([^&]*)/.exec(url) ?? [];
  return {
    type: 'postgres',
    // What the URL sets goes before what is set here, but these are to be added to.
    url: url.replace(/([?&])options=[^&]*&?/, '$1'),
    applicationName: name,
    poolSize: connections,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    parseInt8: true,
    // A connection that is lost while nobody uses it is replaced by the next use.
    poolErrorHandler: () => undefined,
    extra: { options: `${decodeURIComponent(theirs.replaceAll('+', ' '))} ${ours}`.trim(), ...KEEP_ALIVE, ...limits },
    ...SHARED_OPTIONS,
  };
}

async function opened(source: DataSource, url: string): Promise<void> {
  try {
    await source.initialize();
  } catch (cause) {
    throw problemOf(cause, url);
  }
}

/** What PostgreSQL's codes mean for who has set the URL. */
const REASONS: Readonly<Record<string, string>> = {
  '28P01': 'does not accept the user or the password',
  '28000': 'does not let the user in',
  '3D000': 'is not there; create it first',
  '42501': 'does not let its user make tables',
  '55P03': 'is being brought up to date by another server, which does not come to an end',
};

function problemOf(cause: unknown, url: string): ViewsDatabaseError {
  if (cause instanceof ViewsDatabaseError) return cause;
  const { code } = cause as { code?: unknown };
  const said = messageOf(cause) || String(code);
  const place = `the views' database ${placeOf(url)}`;
  if (isDatabaseAway(cause)) return problem(`${place} cannot be reached: ${said}`, 'database-away');
  const reason = REASONS[String(code)];
  return problem(reason ? `${place} ${reason} (${said})` : `${place} cannot be used: ${said}`, 'database-refused');

  function problem(message: string, kind: 'database-away' | 'database-refused'): ViewsDatabaseError {
    return new ViewsDatabaseError(message, { cause, code: kind });
  }
}
