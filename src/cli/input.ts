import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { CliError } from './errors.js';

export const STDIN = '-';

/** A file's text, or what comes over stdin for `-`. @throws CliError `input`, which says what it was to be */
export async function readInput(what: string, file: string): Promise<string> {
  try {
    return file === STDIN ? await text(process.stdin) : readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CliError('input', `The ${what} ${file} cannot be read (${code}).`, undefined, { cause: error });
  }
}
