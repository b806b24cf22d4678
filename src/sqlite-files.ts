import Database from 'better-sqlite3';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** How long the lock is waited for: a holder that was killed a moment ago may still be on its way out. */
const LOCK_WAIT_MS = 250;

/** The one name of a file, whatever links lead to it, so that two ways to it meet at the same lock. */
export function realFile(file: string): string {
  const path = resolve(file);
  if (existsSync(path)) return realpathSync(path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return join(realpathSync(dirname(path)), basename(path));
}

/**
 * Makes the file, readable by its owner only (SQLite gives its companions the same mode). A file that is there is not
 * opened: closing any handle of a file drops all locks that SQLite holds on it in this process.
 */
export function ensureFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  syncFolder(dirname(file));
}

/** A new file's name is durable once its folder is. Windows cannot open a folder and does not need to. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/**
 * Takes a file for this writer alone, until the returned connection is closed or the process ends in any way: the lock
 * is the operating system's, on a small database beside the file, so none is left behind by a crash. Locking the file
 * itself would lock out its readers.
 *
 * @param inUse the error when another writer has it, in this process or another one
 */
export function lockBeside(file: string, inUse: (message: string, cause: unknown) => Error): Database.Database {
  const lockFile = `${file}.lock`;
  ensureFile(lockFile);
  const lock = new Database(lockFile, { timeout: LOCK_WAIT_MS });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!errorCode(error).startsWith('SQLITE_BUSY')) throw error;
    throw inUse(`${file} is in use by another Cairn (it holds ${lockFile})`, error);
  }
}

/** SQLite's or the system's name for an error. Told by its shape, as the driver's class of errors exists once a loaded copy of it. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
