import { closeSync, existsSync, openSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { SnakeCaseNaming } from './columns.js';
import { MIGRATIONS } from './migrations/index.js';
import { ENTITIES } from './projectors.js';

/** Says in SQLite's header whose file it is: "CrnV". */
const APPLICATION_ID = 0x43_72_6e_56;
/**
 * Memory for pages, and how many pages of log lie between checkpoints. A digest's row goes to a random page, so that
 * what fits neither is read and written again and again.
 */
interface Room {
  readonly cacheMib: number;
  readonly checkpointPages: number;
}

/** Beside a server. */
const MODEST: Room = { cacheMib: 32, checkpointPages: 16_000 };

/** For a rebuild, which has the machine to itself and ends. */
export const GENEROUS: Room = { cacheMib: 512, checkpointPages: 128_000 };

/** Holds the inner pages of the indexes, so that a page of a list reads little more than its own rows. */
const READER_CACHE_MIB = 16;

const BUSY_TIMEOUT_MS = 5_000;

/** The views' database cannot be used. The message says which one and why. */
export class ViewsDatabaseError extends Error {
  override readonly name = 'ViewsDatabaseError';
}

/**
 * The one connection that writes the views. TypeORM shares a SQLite connection between all that a DataSource does, so
 * that two transactions at once would be one; here each waits for the one before it. Reads never come here.
 */
export class WriteDatabase {
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(readonly source: DataSource) {}

  /**
   * Opens, or creates, the database and brings its tables up to date.
   *
   * @param url `sqlite:<path>`
   * @param room how much memory and log it may take
   * @throws ViewsDatabaseError when it cannot be opened or belongs to something else
   */
  static async open(url: string, { cacheMib, checkpointPages }: Room = MODEST): Promise<WriteDatabase> {
    const path = pathOf(url);
    const source = new DataSource({
      ...optionsOf(path),
      prepareDatabase: (database: Database) => {
        claim(database, path);
        database.pragma('journal_mode = WAL');
        database.pragma('synchronous = NORMAL');
        database.pragma(`wal_autocheckpoint = ${checkpointPages}`);
        database.pragma(`cache_size = -${cacheMib * 1024}`);
      },
    });
    makePrivate(path);
    await opened(source, path);
    try {
      await source.runMigrations({ transaction: 'each' });
    } catch (cause) {
      await source.destroy();
      throw new ViewsDatabaseError(`the tables of ${path} cannot be brought up to date: ${messageOf(cause)}`, {
        cause,
      });
    }
    return new WriteDatabase(source);
  }

  /** Runs `work` in a transaction of its own: all of it is kept, or, when it throws, nothing. */
  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => this.source.transaction(work));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.source.destroy();
  }
}

/** A second connection that only reads. Its readers see whole transactions, and none waits for the writer. */
export async function openReadDatabase(url: string): Promise<DataSource> {
  const path = pathOf(url);
  const source = new DataSource({
    ...optionsOf(path),
    ...{ readonly: true, fileMustExist: true },
    prepareDatabase: (database: Database) => void database.pragma(`cache_size = -${READER_CACHE_MIB * 1024}`),
  });
  await opened(source, path);
  return source;
}

/** The driver's own handle, for what TypeORM is too slow for. */
export function sqliteHandle(source: DataSource): Database {
  return (source.driver as unknown as { readonly databaseConnection: Database }).databaseConnection;
}

const optionsOf = (path: string): Extract<DataSourceOptions, { type: 'better-sqlite3' }> => ({
  type: 'better-sqlite3',
  database: path,
  timeout: BUSY_TIMEOUT_MS,
  entities: [...ENTITIES],
  migrations: MIGRATIONS,
  migrationsTableName: 'view_migrations',
  namingStrategy: new SnakeCaseNaming(),
  synchronize: false,
  logging: false,
});

function pathOf(url: string): string {
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) return url.slice('sqlite:'.length);
  throw new ViewsDatabaseError(`${url} is no database for the views; sqlite:<path> is`);
}

/**
 * Makes the file, readable by its owner only: views hold the same notes and tickets as the ledger. SQLite gives its
 * companions the same mode. Where the file cannot be made, opening it says why.
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch {
    // It is there already, or the database will say what is wrong.
  }
}

async function opened(source: DataSource, path: string): Promise<void> {
  try {
    await source.initialize();
  } catch (cause) {
    if (cause instanceof ViewsDatabaseError) throw cause;
    const why = existsSync(path) ? messageOf(cause) : `it is not there (${messageOf(cause)})`;
    throw new ViewsDatabaseError(`the views' database ${path} cannot be opened: ${why}`, { cause });
  }
}

/** A fresh file becomes ours; any other that is not ours (the event store's, say) is left as it is. */
function claim(database: Database, path: string): void {
  const owner = database.pragma('application_id', { simple: true });
  if (owner === APPLICATION_ID) return;
  const tables = database.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
  if (owner !== 0 || tables !== 0) {
    throw new ViewsDatabaseError(`${path} belongs to something else and is no database of Cairn's views`);
  }
  database.pragma(`application_id = ${APPLICATION_ID}`);
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
