import { readFile } from 'node:fs/promises';
import { ConfigError } from '../config.js';
import { readTrustedRoot } from './trusted-roots.js';

/**
 * The texts of the files that the setting names.
 *
 * @throws ConfigError for one that is not there or no trusted root
 */
export async function readTrustedRoots(files: readonly string[]): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => {
      try {
        const text = await readFile(file, 'utf8');
        readTrustedRoot(text);
        return text;
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        throw new ConfigError('CAIRN_TRUSTED_ROOTS', `names ${file}, which cannot be used: ${problem}.`);
      }
    }),
  );
}
