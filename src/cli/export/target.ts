import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../errors.js';

/** What `--out` says for the standard output. */
export const STDOUT = '-';

/**
 * Found out before anything is asked of the ledger: an export that cannot be written is an event all the same.
 *
 * @throws CliError for what is there and no file, or cannot be made; also the error of the system
 */
export function checkTarget(file: string): void {
  const there = statSync(file, { throwIfNoEntry: false });
  const isFolder = there?.isDirectory() ?? /(?:^|\/)$/.test(file);
  if (isFolder || there?.isFile() === false) {
    const hint = `Name a file with --out, or ${STDOUT} for stdout.`;
    throw new CliError('input', `${file} is ${isFolder ? 'a folder' : 'no file'}.`, hint);
  }
  accessSync(dirname(file), constants.W_OK | constants.X_OK);
  if (there) accessSync(file, constants.W_OK);
}
