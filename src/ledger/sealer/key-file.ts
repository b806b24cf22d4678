import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, syncFolder } from '../../sqlite-files.js';
import { generateSigningKey, parseSigningKey, type Signer } from '../note/keys.js';
import { SealError } from '../seal-errors.js';
import type { AtStep } from './steps.js';

const PRIVATE_PREFIX = 'PRIVATE+KEY+';
/** Of permissions: anything that group and others may do. */
const OTHERS = 0o077;

/**
 * Makes a key in a file that its owner alone can read. Either the whole key is there under this name, durably, or
 * nothing: it is written under another name first.
 */
export function makeKeyFile(file: string, origin: string, at: AtStep): Signer {
  const text = generateSigningKey(origin);
  const unfinished = `${file}.new`;
  at('write-key');
  rmSync(unfinished, { force: true });
  const handle = openSync(unfinished, 'wx', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  at('rename-key');
  renameSync(unfinished, file);
  at('sync-key');
  syncFolder(dirname(file));
  return parseSigningKey(text);
}

/** Puts a key's file in the place of another. */
export function takeKeyFile(file: string, inPlaceOf: string, at: AtStep): void {
  at('take-key');
  renameSync(file, inPlaceOf);
  syncFolder(dirname(inPlaceOf));
}

/**
 * The key in a file that Cairn made; undefined where there is none. One that others can read may be known to them
 * already, and is not taken until somebody has looked.
 *
 * @throws SealError `key-exposed`, `key-unusable`
 */
export function readOwnKey(file: string): Signer | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  if (process.platform !== 'win32' && (statSync(file).mode & OTHERS) !== 0) {
    throw new SealError(
      'key-exposed',
      `${file} can be read by others than its owner. Make it private (chmod 600), and if others may have read it, replace the key.`,
    );
  }
  return parseKey(text, file);
}

/**
 * A key that a setting gives: itself, or the path of a file with it. Who may read that file is not asked: secrets that
 * are mounted into a container are often readable by all in it.
 *
 * @param setting its name, for messages: never what it holds
 * @throws SealError `key-unusable`
 */
export function readGivenKey(value: string, setting: string): Signer {
  if (value.startsWith(PRIVATE_PREFIX)) return parseKey(value, setting);
  const text = readIfThere(value);
  if (text === undefined) {
    throw new SealError('key-unusable', `${setting} is neither a key (PRIVATE+KEY+…) nor the path of a file with one`);
  }
  return parseKey(text, `the file that ${setting} names`);
}

function parseKey(text: string, where: string): Signer {
  try {
    return parseSigningKey(text.trim());
  } catch (error) {
    throw new SealError('key-unusable', `${where} holds no key that can sign: ${(error as Error).message}`);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENAMETOOLONG', 'EISDIR', 'ENOTDIR'].includes(errorCode(error))) return undefined;
    // The name may be a key that was given with a typing error: it is not repeated.
    throw new SealError('key-unusable', `a file of a key cannot be read (${errorCode(error)})`);
  }
}
