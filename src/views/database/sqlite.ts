import { closeSync, existsSync, openSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { messageOf, SHARED_OPTIONS, ViewsDatabaseError, type Room, type WriteSession } from './session.js';
import { SqliteRowWriter } from './sqlite-rows.js';
import { TableShapes } from './table-shapes.js';

/** Says in SQLite's header whose file it is: "CrnV". */
const APPLICATION_ID = 0x43_72_6e_56;

/** Holds the inner pages of the indexes, so that a page of a list reads little more than its own rows. */
const READER_CACHE_MIB = 16;

const BUSY_TIMEOUT_MS = 5_000;

/** Opens, or creates, the file and brings its tables up to date. */
export async function openSqliteSession(path: string, { cacheMib, checkpointPages }: Room): Promise<WriteSession> {
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
    throw new ViewsDatabaseError(`the tables of ${path} cannot be brought up to date: ${messageOf(cause)}`, { cause });
  }
  return {
    source,
    isShared: false,
    rows: new SqliteRowWriter(new TableShapes(source), sqliteHandle(source)),
    run: async (sql) => void (await source.query(sql)),
    check: () => Promise.resolve(),
    transaction: (work) => source.transaction(work),
    // Whoever has the ledger's file open has it alone, and the views with it.
    hold: () => Promise.resolve(true),
    letGo: () => Promise.resolve(),
    holder: () => Promise.resolve('another process'),
    close: () => source.destroy(),
  };
}

/** A second connection that only reads. Its readers see whole transactions, and none waits for the writer. */
export async function openSqliteReader(path: string): Promise<DataSource> {
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
  ...SHARED_OPTIONS,
});

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
    throw new ViewsDatabaseError(`${path} belongs to something else and is no database of Cairn's views`, {
      code: 'database-refused',
    });
  }
  database.pragma(`application_id = ${APPLICATION_ID}`);
}
