import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe } from '@jest/globals';

const FOLDER = fileURLToPath(new URL('../../../../shared/data/promotions/', import.meta.url));

/** `CAIRN_REPLAY=full` (`npm run replay`) plays the whole files; otherwise a part that is quick enough for every day. */
export const isFull = process.env['CAIRN_REPLAY'] === 'full';

/** A suite over real data, which is not part of the project: where it is absent the suite is skipped and says so. */
export function describeWithData(file: string, title: string, suite: () => void): void {
  if (existsSync(FOLDER + file)) {
    describe(title, suite);
    return;
  }
  say(`${title}: skipped, ../shared/data/promotions/${file} is not there`);
  describe.skip(`${title} (no ../shared/data/promotions/${file})`, suite);
}

export function readRows<Row>(file: string): Row[] {
  return gunzipSync(readFileSync(FOLDER + file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** A line of the run's own report, past Jest's decoration. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export type Counts = Record<string, number>;

export function tally(keys: Iterable<string>): Counts {
  const counts: Counts = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

export const describeCounts = (counts: Counts): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([key, count]) => `${key} ${count}`)
    .join(', ') || 'none';
