import { createHash } from 'node:crypto';
import type { Population } from '../../domain/report/events.js';
import type { ChangeFilter } from '../../views/changes/filter.js';
import type { ChangeRow } from '../../views/changes/row.js';
import type { ViewQueries } from '../../views/queries.js';
import type { Job } from '../workshop/job.js';

/** Changes as of a position, all of them. */
export interface PopulationInput {
  readonly filter: ChangeFilter;
  readonly position: number;
}

/** Counts and hashes a population. */
export const hashPopulation: Job<PopulationInput, Population> = async (input, { views }) => {
  const tally = new PopulationTally();
  for await (const rows of readPopulation(views, input)) tally.add(rows);
  return tally.result();
};

/** Counts a population. */
export const countPopulation: Job<PopulationInput, number> = ({ filter, position }, { views }) =>
  views.changes.count(filter, position);

/** The population's rows in chunks, the oldest first. */
export const readPopulation = (views: ViewQueries, { filter, position }: PopulationInput): AsyncIterable<ChangeRow[]> =>
  views.changes.all(filter, position);

/** SHA-256, in hex, over the canonical rows, one a line, the oldest first, with all their fields; and how many. */
export class PopulationTally {
  readonly #hash = createHash('sha256');
  #count = 0;

  /** @returns the lines of these rows */
  add(rows: readonly ChangeRow[]): Uint8Array {
    let lines = '';
    for (const row of rows) lines += `${JSON.stringify(row)}\n`;
    const bytes = Buffer.from(lines);
    this.#hash.update(bytes);
    this.#count += rows.length;
    return bytes;
  }

  get count(): number {
    return this.#count;
  }

  result(): Population {
    return { count: this.#count, hash: this.#hash.digest('hex') };
  }
}
