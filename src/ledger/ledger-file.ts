import Database from 'better-sqlite3';
import { ensureFile, errorCode } from '../sqlite-files.js';
import { SealError, type SealErrorCode } from './seal-errors.js';

/** What a file says in its header of whose it is, and how it is made. */
export interface FileKind {
  /** For messages: `the seals of a ledger`. */
  readonly what: string;
  readonly applicationId: number;
  readonly version: number;
  readonly schema: string;
  readonly synchronous: 'FULL' | 'NORMAL';
  /** What it is called when the file is damaged, or something else. */
  readonly damaged: SealErrorCode;
}

/** Opens the file to write; an empty one, or one that is not there, is made what it should be in one transaction. */
export function openFile(file: string, kind: FileKind, onMade: (db: Database.Database) => void = () => undefined) {
  return opening(file, kind, () => {
    ensureFile(file);
    const db = new Database(file, { timeout: 1_000 });
    return closingOnError(db, () => {
      if (isEmpty(db)) {
        db.pragma('journal_mode = WAL');
        db.pragma(`synchronous = ${kind.synchronous}`);
        db.transaction(() => {
          db.exec(kind.schema);
          db.pragma(`application_id = ${kind.applicationId}`);
          db.pragma(`user_version = ${kind.version}`);
          onMade(db);
        }).immediate();
      } else {
        checkKind(db, file, kind);
        db.pragma('journal_mode = WAL');
        db.pragma(`synchronous = ${kind.synchronous}`);
      }
      return db;
    });
  });
}

/** Opens the file to read, beside its writer. */
export function openToRead(file: string, kind: FileKind): Database.Database {
  return opening(file, kind, () => {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 1_000 });
    return closingOnError(db, () => {
      checkKind(db, file, kind);
      return db;
    });
  });
}

/** Does it, with what SQLite throws as one of our errors. */
export function opening<Result>(file: string, { damaged }: FileKind, use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    if (error instanceof SealError) throw error;
    const message = error instanceof Error ? error.message : String((error as { message?: unknown }).message ?? error);
    throw isDamage(errorCode(error))
      ? new SealError(damaged, `${file} is damaged: ${message}`, { cause: error })
      : new SealError('unavailable', `${file} cannot be used: ${message}`, { cause: error });
  }
}

/** A table or a function that is not there, or a row that a check refuses, is damage to the schema. */
const isDamage = (code: string): boolean =>
  /^SQLITE_(NOTADB|CORRUPT|ERROR|FORMAT|SCHEMA|MISMATCH|CONSTRAINT)/.test(code);

function closingOnError<Result>(db: Database.Database, use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    db.close();
    throw error;
  }
}

function isEmpty(db: Database.Database): boolean {
  const objects = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
  return objects === 0 && db.pragma('application_id', { simple: true }) === 0;
}

function checkKind(db: Database.Database, file: string, kind: FileKind): void {
  const { what, applicationId, version, damaged } = kind;
  if (db.pragma('application_id', { simple: true }) !== applicationId) {
    throw new SealError(damaged, `${file} is not ${what}`);
  }
  const found = Number(db.pragma('user_version', { simple: true }));
  if (found !== version) {
    throw new SealError(damaged, `${file} is of version ${found}, and this is a Cairn for version ${version}`);
  }
}
