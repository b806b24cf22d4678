import type Database from 'better-sqlite3';
import { errorCode } from '../../sqlite-files.js';
import { StoreError } from '../port.js';

/** "CAIR": says in the file's header whose file it is. */
const APPLICATION_ID = 0x43_41_49_52;
const SCHEMA_VERSION = 1;

/**
 * A stream's last revision and the ledger's last position are not kept in rows of their own: they are the ends of
 * indexes, so no row is ever updated and the whole ledger can be closed to UPDATE and DELETE.
 */
const TABLES = `
CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE event_types (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  stream_id INTEGER NOT NULL REFERENCES streams (id),
  revision INTEGER NOT NULL,
  type_id INTEGER NOT NULL REFERENCES event_types (id),
  occurred_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  data TEXT NOT NULL,
  remarks TEXT,
  meta TEXT NOT NULL,
  salts BLOB NOT NULL CHECK (length(salts) = 48),
  UNIQUE (stream_id, revision)
) STRICT;

CREATE TABLE snapshots (
  stream TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;
`;

/**
 * REPLACE deletes the row in its way without firing a DELETE trigger, whatever the trigger's owner wants. So inserts
 * are watched as well: an event goes to the next position and the next revision of its stream, under a new id.
 */
const TRIGGERS = `
CREATE TRIGGER events_only_next BEFORE INSERT ON events
  WHEN NEW.position <> ifnull((SELECT max(position) FROM events), -1) + 1
    OR NEW.revision <> ifnull((SELECT max(revision) FROM events WHERE stream_id = NEW.stream_id), -1) + 1
    OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'an event takes the next position and revision, under an id of its own'); END;
${['streams', 'event_types']
  .map(
    (table) => `CREATE TRIGGER ${table}_only_new BEFORE INSERT ON ${table}
  WHEN EXISTS (SELECT 1 FROM ${table} WHERE id = NEW.id OR name = NEW.name)
  BEGIN SELECT RAISE(ABORT, '${table} cannot be replaced'); END;`,
  )
  .join('\n')}
${['events', 'streams', 'event_types']
  .flatMap((table) =>
    ['UPDATE', 'DELETE'].map(
      (change) => `CREATE TRIGGER ${table}_no_${change.toLowerCase()} BEFORE ${change} ON ${table}
  BEGIN SELECT RAISE(ABORT, '${table} can only be added to'); END;`,
    ),
  )
  .join('\n')}
`;

/** Makes an empty file a ledger, in one transaction, or checks that the file is one that this version can use. */
export function prepareSchema(db: Database.Database, file: string): void {
  if (isEmpty(db)) {
    db.pragma('journal_mode = WAL');
    db.exec(
      `BEGIN IMMEDIATE; ${TABLES} ${TRIGGERS}
       PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`,
    );
    return;
  }
  checkSchema(db, file);
  db.pragma('journal_mode = WAL');
}

/** @throws StoreError `corrupt` for a file that is something else or was written by a newer version */
export function checkSchema(db: Database.Database, file: string): void {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new StoreError('corrupt', `${file} is not a ledger of Cairn`);
  }
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version !== SCHEMA_VERSION) {
    throw new StoreError(
      'corrupt',
      `${file} is a ledger of version ${version}, and this is a Cairn for version ${SCHEMA_VERSION}`,
    );
  }
}

/**
 * Commits one page and nothing else. After a commit that failed, its frames may lie complete in the write-ahead log
 * and would come back after a crash; the next commit overwrites the first of them, which makes the rest void.
 */
export function overwriteFailedCommit(db: Database.Database): void {
  db.pragma(`user_version = ${SCHEMA_VERSION}`);
}

function isEmpty(db: Database.Database): boolean {
  const objects = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
  return objects === 0 && db.pragma('application_id', { simple: true }) === 0;
}

/** What went wrong in SQLite as one of the store's codes. */
export function storeError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = errorCode(error);
  const reason = messageOf(error);
  if (code.startsWith('SQLITE_NOTADB')) {
    return new StoreError('corrupt', `${file} is not a ledger of Cairn: ${reason}`, { cause: error });
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new StoreError('corrupt', `${file} is damaged: ${reason}`, { cause: error });
  }
  return new StoreError('unavailable', `${file} cannot be used: ${reason}`, { cause: error });
}

function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : undefined;
  return typeof message === 'string' ? message : String(error);
}
