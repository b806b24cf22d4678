import type { DataSource, EntityManager } from 'typeorm';
import { openPostgresReader, openPostgresSession } from './database/postgres.js';
import { isPostgresUrl } from './database/postgres-url.js';
import { MODEST, ViewsDatabaseError, type Room, type WriteSession } from './database/session.js';
import { openSqliteReader, openSqliteSession } from './database/sqlite.js';
import type { RowWriter } from './rows.js';

export { GENEROUS, ViewsDatabaseError } from './database/session.js';
export { sqliteHandle } from './database/sqlite.js';

/**
 * The one connection that writes the views. TypeORM shares a SQLite connection between all that a DataSource does, so
 * that two transactions at once would be one; here each waits for the one before it. Reads never come here.
 */
export class WriteDatabase {
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(private readonly session: WriteSession) {}

  /**
   * Opens, or creates, the database and brings its tables up to date.
   *
   * @param url `sqlite:<path>` or `postgres://…`
   * @param room how much memory and log it may take
   * @throws ViewsDatabaseError when it cannot be opened or belongs to something else
   */
  static async open(url: string, room: Room = MODEST): Promise<WriteDatabase> {
    const session = isPostgresUrl(url) ? openPostgresSession(url, room) : openSqliteSession(pathOf(url), room);
    return new WriteDatabase(await session);
  }

  get source(): DataSource {
    return this.session.source;
  }

  /** Whether other servers may project into it, or follow who does. */
  get isShared(): boolean {
    return this.session.isShared;
  }

  /** Rows by the writing connection: inside a `write`, part of its transaction. */
  get rows(): RowWriter {
    return this.session.rows;
  }

  /** Runs `work` in a transaction of its own: all of it is kept, or, when it throws, nothing. */
  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.session.transaction(work));
  }

  /** Runs a statement that stands by itself. */
  run(sql: string): Promise<void> {
    return this.#inTurn(() => this.session.run(sql));
  }

  /** @throws when the connection is not there any more, or does not answer within a bound */
  check(): Promise<void> {
    return this.#inTurn(() => this.session.check());
  }

  /**
   * Takes the views for this connection, unless another one has them. Several servers share a PostgreSQL, and only the
   * one that holds the views may write them; with its connection it loses them.
   */
  hold(): Promise<boolean> {
    return this.#inTurn(() => this.session.hold());
  }

  /** Lets another connection have the views. */
  letGo(): Promise<void> {
    return this.#inTurn(() => this.session.letGo());
  }

  /** Who holds the views while this connection does not. */
  holder(): Promise<string> {
    return this.#inTurn(() => this.session.holder());
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.session.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

/** Connections that only read. Their readers see whole transactions, and none waits for the writer. */
export async function openReadDatabase(url: string): Promise<DataSource> {
  return isPostgresUrl(url) ? openPostgresReader(url) : openSqliteReader(pathOf(url));
}

function pathOf(url: string): string {
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) return url.slice('sqlite:'.length);
  const scheme = /^[a-z+]{1,30}:/.exec(url)?.[0] ?? 'this';
  throw new ViewsDatabaseError(`${scheme} is no database for the views; sqlite:<path> and postgres://… are`);
}
