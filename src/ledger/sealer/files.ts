import { join } from 'node:path';
import { realFile } from '../../sqlite-files.js';

/** The files of a log in a data folder. */
export interface LogFiles {
  readonly seals: string;
  readonly tree: string;
  readonly key: string;
  /** A key that is about to take the place of the other. */
  readonly nextKey: string;
}

export function logFiles(folder: string): LogFiles {
  const file = (name: string): string => realFile(join(folder, name));
  return {
    seals: file('seals.db'),
    tree: file('tree.db'),
    key: file('signing.key'),
    nextKey: file('signing.key.next'),
  };
}
