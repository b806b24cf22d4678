import type { DataSource } from 'typeorm';
import type { Page, Paging } from '../paging.js';
import type { ChangeFilter } from './filter.js';
import { firstPositionOf, Population } from './population.js';
import { refusalCounts, refusalsById, refusedAttempts, type Attempt, type RefusedAttempt } from './refused-attempts.js';
import { rowAt, type ChangeRow } from './row.js';

export { OUTCOMES, type ChangeRow } from './row.js';
export type { ChangeFilter } from './filter.js';

export class ChangeQueries {
  readonly #population: Population;

  constructor(private readonly source: DataSource) {
    this.#population = new Population(source);
  }

  async page(filter: ChangeFilter, { position, after, limit, order }: Paging): Promise<Page<ChangeRow>> {
    const last = after === undefined ? undefined : Number(after);
    const found = await this.#population.rows(filter, { position, order, after: last, limit: limit + 1 });
    const rows = found.slice(0, limit).map((row) => rowAt(row, position));
    const next = found.length > limit ? rows.at(-1)?.firstPosition : undefined;
    return next === undefined ? { rows } : { rows, next };
  }

  async get(changeId: string, position: number): Promise<ChangeRow | undefined> {
    const row = await this.#population.get(changeId);
    const isThere = row !== undefined && (firstPositionOf(row) ?? 0) <= position;
    return isThere ? rowAt(row, position) : undefined;
  }

  /** What was refused before the position of the same digest in the same place, newest first. */
  refusedAttempts(attempt: Attempt, bounds: { before: number; limit: number }): Promise<RefusedAttempt[]> {
    return refusedAttempts(this.source, attempt, bounds);
  }

  refusals(ids: readonly string[]): Promise<RefusedAttempt[]> {
    return refusalsById(this.source, ids);
  }

  /** How often each of the digests was refused by the position. */
  refusalCounts(digests: readonly string[], position: number): Promise<Map<string, number>> {
    return refusalCounts(this.source, digests, position);
  }

  /** How many there are, or `most`, if there are at least so many. */
  count(filter: ChangeFilter, position: number, most?: number): Promise<number> {
    return this.#population.count(filter, position, most);
  }

  /** All of them, in chunks in order: for those who read a whole population, in a thread of their own. */
  async *all(filter: ChangeFilter, position: number, order: 'asc' | 'desc' = 'asc'): AsyncGenerator<ChangeRow[]> {
    for await (const rows of this.#population.chunks(filter, { position, order })) {
      yield rows.map((row) => rowAt(row, position));
    }
  }
}
