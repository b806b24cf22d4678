import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

const FOLDER = fileURLToPath(new URL('../../../shared/vectors/', import.meta.url));

/** A suite over vectors that nobody here wrote, and that are not part of the project: skipped where they are absent. */
export function describeWithVectors(folder: string, title: string, suite: () => void): void {
  if (existsSync(FOLDER + folder)) {
    describe(title, suite);
    return;
  }
  process.stdout.write(`${title}: skipped, ../shared/vectors/${folder} is not there\n`);
  describe.skip(`${title} (no ../shared/vectors/${folder})`, suite);
}

/** The files below a folder, each with its path from there; none where the folder is absent. */
export function vectorFiles(folder: string): string[] {
  if (!existsSync(FOLDER + folder)) return [];
  return readdirSync(FOLDER + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice((FOLDER + folder).length + 1))
    .sort();
}

export const readVector = (file: string): Buffer => readFileSync(FOLDER + file);

/** JSON whose whole numbers are kept as texts, as some of them do not fit a double. */
export function readJson<T>(file: string): T {
  const text = readVector(file).toString('utf8');
  return JSON.parse(text.replace(/^(\s*"[^"]*": )(\d+)(,?\s*)$/gm, '$1"$2"$3')) as T;
}
