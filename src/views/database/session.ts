import type { DataSource, EntityManager } from 'typeorm';
import { SnakeCaseNaming } from '../columns.js';
import { MIGRATIONS } from '../migrations/index.js';
import { ENTITIES } from '../projectors.js';
import type { RowWriter } from '../rows.js';

/** What a database does for whoever writes the views: one connection, on which one thing happens at a time. */
export interface WriteSession {
  readonly source: DataSource;
  /** Whether sessions of other servers may write it as well, one at a time. */
  readonly isShared: boolean;
  /** Rows by this connection, inside its transaction when there is one. */
  readonly rows: RowWriter;
  /** Runs a statement on this connection. */
  run(sql: string): Promise<void>;
  /** @throws when the connection is not there any more, or does not answer within a bound */
  check(): Promise<void>;
  /** Runs `work` in a transaction: all of it is kept, or, when it throws, nothing. */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /**
   * Whether this session is now the only one that may write the views, among all of all servers. Connects again where
   * the connection was lost.
   */
  hold(): Promise<boolean>;
  /** Lets another session have the views, if this one has them. */
  letGo(): Promise<void>;
  /** Who holds the views while this session does not, as far as the database knows. */
  holder(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Memory for pages, and how many pages of log lie between checkpoints. A digest's row goes to a random page, so that
 * what fits neither is read and written again and again. A PostgreSQL has its own settings for both.
 */
export interface Room {
  readonly cacheMib: number;
  readonly checkpointPages: number;
  /** Whether what was committed is on disk before anybody is told. A PostgreSQL alone can leave that for later. */
  readonly isDurable: boolean;
}

/** Beside a server. */
export const MODEST: Room = { cacheMib: 32, checkpointPages: 16_000, isDurable: true };

/** For a rebuild, which has the machine to itself and ends. */
export const GENEROUS: Room = { cacheMib: 512, checkpointPages: 128_000, isDurable: false };

/** The views' database cannot be used. The message says which one and why, and holds no password. */
export class ViewsDatabaseError extends Error {
  override readonly name = 'ViewsDatabaseError';
  /**
   * `database-away` when it cannot be reached now and later may, `database-refused` when it is there and will not do
   * (a wrong password, another program's tables), `database-held` when somebody else projects into it.
   */
  readonly code: string | undefined;

  constructor(message: string, { code, ...options }: ErrorOptions & { code?: string | undefined } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** The same tables and migrations on every database. */
export const SHARED_OPTIONS = {
  entities: [...ENTITIES],
  migrations: MIGRATIONS,
  migrationsTableName: 'view_migrations',
  namingStrategy: new SnakeCaseNaming(),
  synchronize: false,
  logging: false,
};

export const messageOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : String(cause);
