import type { Database, Statement } from 'better-sqlite3';
import { closeSync, openSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { SnakeCaseNaming } from '../views/columns.js';
import { AccessEntry, TokenUseRow, type TimedAccess } from './entity.js';
import { FirstAccessLog1790000000000, TokenUses1805000000000 } from './migration.js';
import type { TokenUse } from './token-uses.js';

/** Says in SQLite's header whose file it is: "CrnA". */
const APPLICATION_ID = 0x43_72_6e_41;

/** Another process may look at the file; none has a reason to hold it for long. */
const BUSY_TIMEOUT_MS = 1_000;

/** The access log's file cannot be used. The message says which one and why. */
export class AccessLogError extends Error {
  override readonly name = 'AccessLogError';
}

/** The one connection to the file: only the access log's worker opens it. */
export class AccessDatabase {
  readonly #database: Database;
  readonly #insert: Statement<unknown[]>;
  readonly #properties: (keyof TimedAccess)[];

  private constructor(readonly source: DataSource) {
    this.#database = handleOf(source);
    const { tableName, columns } = source.getMetadata(AccessEntry);
    const given = columns.filter(({ isGenerated }) => !isGenerated);
    this.#properties = given.map(({ propertyName }) => propertyName as keyof TimedAccess);
    const names = given.map(({ databaseName }) => `"${databaseName}"`).join(', ');
    this.#insert = this.#database.prepare<unknown[]>(
      `INSERT INTO "${tableName}" (${names}) VALUES (${given.map(() => '?').join(', ')})`,
    );
  }

  /**
   * Opens, or creates, the file and brings its tables up to date.
   *
   * @throws AccessLogError when it cannot be opened or belongs to something else
   */
  static async open(file: string): Promise<AccessDatabase> {
    const source = new DataSource({
      type: 'better-sqlite3',
      database: file,
      timeout: BUSY_TIMEOUT_MS,
      entities: [AccessEntry, TokenUseRow],
      migrations: [FirstAccessLog1790000000000, TokenUses1805000000000],
      migrationsTableName: 'access_migrations',
      namingStrategy: new SnakeCaseNaming(),
      synchronize: false,
      logging: false,
      prepareDatabase: (database: Database) => prepare(database, file),
    });
    try {
      ensureFile(file);
      await source.initialize();
      await source.runMigrations({ transaction: 'each' });
      return new AccessDatabase(source);
    } catch (cause) {
      if (source.isInitialized) await source.destroy();
      if (cause instanceof AccessLogError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AccessLogError(`the access log ${file} cannot be opened: ${why}`, { cause });
    }
  }

  /** Writes all of them or, when it throws, none: by a prepared statement, as TypeORM's insert takes far longer. */
  append(entries: readonly TimedAccess[]): void {
    this.#database.transaction(() => {
      for (const entry of entries) this.#insert.run(...this.#properties.map((property) => entry[property]));
    })();
  }

  /** When each token was used last, as it was written. */
  uses(): TokenUse[] {
    return this.#database.prepare<unknown[], TokenUse>('SELECT token_id, used_at_ms FROM token_uses').raw().all();
  }

  saveUses(uses: readonly TokenUse[]): void {
    const save = this.#database.prepare<unknown[]>(
      `INSERT INTO token_uses (token_id, used_at_ms) VALUES (?, ?)
       ON CONFLICT (token_id) DO UPDATE SET used_at_ms = max(used_at_ms, excluded.used_at_ms)`,
    );
    this.#database.transaction(() => {
      for (const use of uses) save.run(...use);
    })();
  }

  close(): Promise<void> {
    return this.source.destroy();
  }
}

const handleOf = (source: DataSource): Database =>
  (source.driver as unknown as { readonly databaseConnection: Database }).databaseConnection;

/** Readable by its owner only, like the ledger: SQLite gives its companions the same mode. */
function ensureFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** FULL, since what a reader was shown is not written down a second time: a commit is on disk when it is answered. */
function prepare(database: Database, file: string): void {
  const owner = database.pragma('application_id', { simple: true });
  if (owner !== APPLICATION_ID) {
    const tables = database.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
    if (owner !== 0 || tables !== 0) {
      throw new AccessLogError(`${file} belongs to something else and is no access log of Cairn's`);
    }
    database.pragma(`application_id = ${APPLICATION_ID}`);
  }
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
}
