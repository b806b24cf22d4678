import type { Duplex } from 'node:stream';
import { MigrationExecutor, type DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { PostgresRowWriter } from './postgres-rows.js';
import { TableShapes } from './table-shapes.js';
import { messageOf, ViewsDatabaseError, type WriteSession } from './session.js';

/** The oldest that its makers still mend. */
const VERSION_MIN = 14;

/** Advisory locks are numbers: ours begin with "CrnV", and end with the schema and what is locked. */
const LOCK_CLASS = 0x43_72_6e_56;
const MIGRATIONS_LOCK = "hashtext('migrations of ' || current_schema())";
const VIEWS_LOCK = "hashtext('views of ' || current_schema())";

/** How long to wait for another server that makes the tables. */
const MIGRATIONS_TIMEOUT_MS = 60_000;

/**
 * How long a question may take that every database answers at once, and how long a whole batch may, with the waits for
 * readers and for a standby. Connections that have gone silent are told by nothing else.
 */
const ANSWER_TIMEOUT_MS = 10_000;
const BATCH_TIMEOUT_MS = 300_000;

/** @throws ViewsDatabaseError when the server or what is in the database will not do */
export async function openSession(source: DataSource, place: string): Promise<PostgresSession> {
  const runner = source.createQueryRunner();
  await runner.connect();
  const refuse = (why: string) => new ViewsDatabaseError(`${place} ${why}`, { code: 'database-refused' });
  await checkServer(runner, refuse);
  await runner.query(`SET lock_timeout = ${MIGRATIONS_TIMEOUT_MS}`);
  await runner.query(`SELECT pg_advisory_lock(${LOCK_CLASS}, ${MIGRATIONS_LOCK})`);
  await runner.query('SET lock_timeout = 0');
  await checkOwner(runner, refuse);
  try {
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    await executor.executePendingMigrations();
  } catch (cause) {
    throw new ViewsDatabaseError(`the tables of ${place} cannot be brought up to date: ${messageOf(cause)}`, { cause });
  }
  await runner.query(`SELECT pg_advisory_unlock(${LOCK_CLASS}, ${MIGRATIONS_LOCK})`);
  return new PostgresSession(source, runner);
}

/** The driver's client, as far as it is needed to end it. */
interface DriverConnection {
  readonly connection: { readonly stream: Duplex };
}

/** The connection that writes, and that holds the views: both end with it, so that who lost them cannot write. */
export class PostgresSession implements WriteSession {
  readonly isShared = true;
  readonly rows: PostgresRowWriter;
  #runner: QueryRunner;
  #isHolder = false;
  #isInTransaction = false;

  constructor(
    readonly source: DataSource,
    runner: QueryRunner,
  ) {
    this.#runner = runner;
    this.rows = new PostgresRowWriter(new TableShapes(source), (sql, values) => {
      const asked = this.#connected().query(sql, values, true);
      return this.#isInTransaction ? asked : this.#within(ANSWER_TIMEOUT_MS, asked);
    });
  }

  async run(sql: string): Promise<void> {
    await this.#connected().query(sql);
  }

  async check(): Promise<void> {
    await this.#query('SELECT 1');
  }

  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    this.#isInTransaction = true;
    try {
      return await this.#within(BATCH_TIMEOUT_MS, this.#connected().manager.transaction(work));
    } finally {
      this.#isInTransaction = false;
    }
  }

  async hold(): Promise<boolean> {
    if (this.#runner.isReleased) {
      this.#isHolder = false;
      const runner = this.source.createQueryRunner();
      await runner.connect();
      this.#runner = runner;
    }
    if (this.#isHolder) return true;
    const [answer] = await this.#query<{ held: boolean }>(
      `SELECT pg_try_advisory_lock(${LOCK_CLASS}, ${VIEWS_LOCK}) AS held`,
    );
    this.#isHolder = answer?.held ?? false;
    return this.#isHolder;
  }

  async letGo(): Promise<void> {
    if (!this.#isHolder || this.#runner.isReleased) return;
    this.#isHolder = false;
    await this.#query(`SELECT pg_advisory_unlock(${LOCK_CLASS}, ${VIEWS_LOCK})`);
  }

  async holder(): Promise<string> {
    const [found] = await this.#query<{ pid: number; name: string; address: string | null; since: string }>(
      `SELECT pid, application_name AS name, host(client_addr) AS address,
              to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
       FROM pg_locks JOIN pg_stat_activity USING (pid)
       WHERE locktype = 'advisory' AND granted AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND classid = ${LOCK_CLASS} AND objid::bigint = (${VIEWS_LOCK}::bigint & 4294967295) LIMIT 1`,
    );
    if (!found) return 'nobody that the database knows of any more';
    const { name, address, pid, since } = found;
    return `"${name}" at ${address ?? 'the same machine'} (backend ${pid}, connected since ${since})`;
  }

  /** The views are let go before the connection ends, which the server may notice later. */
  async close(): Promise<void> {
    if (!this.#runner.isReleased) {
      await this.#query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
      await this.#runner.release();
    }
    await this.source.destroy();
  }

  async #query<Row>(sql: string): Promise<Row[]> {
    return (await this.#within(ANSWER_TIMEOUT_MS, this.#connected().query(sql))) as Row[];
  }

  /** Ends the connection when the answer is late, as if the network had: with it, whoever waits for it is let go. */
  async #within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
    const runner = this.#runner;
    const timer = setTimeout(() => {
      const { databaseConnection } = runner as unknown as { databaseConnection: DriverConnection };
      databaseConnection.connection.stream.destroy(
        new Error(`Connection terminated: no answer within ${timeoutMs / 1_000} s`),
      );
    }, timeoutMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Only `hold` connects again: until then whoever had the views has lost them. */
  #connected(): QueryRunner {
    if (!this.#runner.isReleased) return this.#runner;
    throw new ViewsDatabaseError('the connection that writes was lost', { code: 'database-away' });
  }
}

async function checkServer(runner: QueryRunner, refuse: (why: string) => Error): Promise<void> {
  const [{ version, number, encoding, schema } = {}] = (await runner.query(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
            current_setting('server_encoding') AS encoding, current_schema() AS schema`,
  )) as { version: string; number: number; encoding: string; schema: string | null }[];
  if (!number || number < VERSION_MIN * 10_000) {
    throw refuse(`is at a PostgreSQL ${version}; ${VERSION_MIN} is the oldest that will do`);
  }
  if (encoding !== 'UTF8') throw refuse(`keeps texts in ${encoding}; create it with ENCODING 'UTF8'`);
  if (schema === null) throw refuse('has no schema in the search path of its user');
}

/** An empty schema becomes ours; any other that is not ours is left as it is. */
async function checkOwner(runner: QueryRunner, refuse: (why: string) => Error): Promise<void> {
  const [{ tables, ours } = {}] = (await runner.query(
    `SELECT count(*) AS tables, count(*) FILTER (WHERE relname = 'view_migrations') AS ours
     FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
       AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')`,
  )) as { tables: number; ours: number }[];
  if (tables && !ours) throw refuse('belongs to something else and is no database of Cairn’s views');
}
