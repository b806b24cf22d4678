import type { DataSource } from 'typeorm';
import { toNumber } from '../columns.js';
import { answerOf, readPage, whereAnyOf, type Answer, type AnyOf, type Page, type Paging } from '../paging.js';
import { EventIndex } from './entity.js';

export type EventRow = Answer<EventIndex>;

export interface EventFilter {
  readonly stream?: AnyOf;
  readonly type?: AnyOf;
  readonly environment?: AnyOf;
  readonly digest?: AnyOf;
  readonly actor?: AnyOf;
  readonly correlationId?: AnyOf;
  readonly changeId?: AnyOf;
}

export class EventQueries {
  constructor(private readonly source: DataSource) {}

  async page(filter: EventFilter, paging: Paging): Promise<Page<EventRow>> {
    const query = this.source.manager.createQueryBuilder(EventIndex, 'e');
    const { rows, ...rest } = await readPage(whereAnyOf(query, { ...filter }), 'position', paging);
    return { ...rest, rows: rows.map(answerOf) };
  }

  async get(id: string): Promise<EventRow | undefined> {
    const row = await this.source.manager.findOneBy(EventIndex, { id });
    return row ? answerOf(row) : undefined;
  }

  /** The last position that the ledger had taken by the time, as far as the view has come. */
  async positionAt(time: string): Promise<number | 'before-genesis'> {
    const [row] = await this.source.sql<{ position: number | string }[]>`
      SELECT position FROM events_index WHERE recorded_at <= ${time}
      ORDER BY recorded_at DESC, position DESC LIMIT 1`;
    return row ? toNumber(row.position) : 'before-genesis';
  }
}
