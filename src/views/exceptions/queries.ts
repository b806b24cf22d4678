import type { DataSource } from 'typeorm';
import { answerOf, readPage, whereAnyOf, type Answer, type AnyOf, type Page, type Paging } from '../paging.js';
import { FenceException } from './entity.js';

export type ExceptionRow = Omit<Answer<FenceException>, 'details'> & { readonly details: readonly string[] };

export interface ExceptionFilter {
  readonly kind?: AnyOf;
  readonly environment?: AnyOf;
  readonly pipeline?: AnyOf;
  readonly actor?: AnyOf;
  /** The clock that `from` and `to` are read by; `recorded` by default. */
  readonly clock?: 'recorded' | 'occurred';
  readonly from?: string;
  readonly to?: string;
}

export class ExceptionQueries {
  constructor(private readonly source: DataSource) {}

  async page({ clock, from, to, ...fields }: ExceptionFilter, paging: Paging): Promise<Page<ExceptionRow>> {
    const query = whereAnyOf(this.source.manager.createQueryBuilder(FenceException, 'x'), fields);
    const at = clock === 'occurred' ? 'x.occurredAt' : 'x.recordedAt';
    if (from !== undefined) query.andWhere(`${at} >= :from`, { from });
    if (to !== undefined) query.andWhere(`${at} < :to`, { to });
    const { rows, ...rest } = await readPage(query, 'position', paging);
    return { ...rest, rows: rows.map(decoded) };
  }

  /** Fences loosened in the period by the clocks of who did it, as known at the position; oldest first. */
  async between(period: { from: string; to: string }, position: number, limit: number): Promise<ExceptionRow[]> {
    const { rows } = await this.page({ ...period, clock: 'occurred' }, { position, limit, order: 'asc' });
    return rows;
  }
}

const decoded = (row: FenceException): ExceptionRow => {
  const { details, ...facts } = answerOf(row);
  return { ...facts, details: JSON.parse(details) as string[] };
};
