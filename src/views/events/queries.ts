import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { toNumber } from '../columns.js';
import { answerOf, readPage, whereAnyOf, type Answer, type AnyOf, type Page, type Paging } from '../paging.js';
import { EventIndex } from './entity.js';
import { eventsAt, eventsOfChange, eventsOfDigest, type DigestLife, type LifeEvent } from './life.js';

export type EventRow = Answer<EventIndex>;

export interface EventFilter {
  readonly stream?: AnyOf;
  readonly type?: AnyOf;
  readonly environment?: AnyOf;
  readonly digest?: AnyOf;
  readonly actor?: AnyOf;
  readonly changeId?: AnyOf;
  /** Recorded at this time or later. */
  readonly from?: string;
  /** Recorded before this time. */
  readonly to?: string;
}

export class EventQueries {
  constructor(private readonly source: DataSource) {}

  async page(filter: EventFilter, paging: Paging): Promise<Page<EventRow>> {
    const { rows, ...rest } = await readPage(await this.#matching(filter), 'position', paging);
    return { ...rest, rows: rows.map(answerOf) };
  }

  /** Events of a change of these types, oldest first. */
  ofChange(changeId: string, types: readonly string[], at: { position: number; limit: number }): Promise<LifeEvent[]> {
    return eventsOfChange(this.source, changeId, types, at);
  }

  /** What happened to a digest on its way to a service. */
  ofDigest(life: DigestLife, at: { position: number; limit: number; order: 'asc' | 'desc' }): Promise<LifeEvent[]> {
    return eventsOfDigest(this.source, life, at);
  }

  /** The events at these positions, by position. */
  at(positions: readonly number[]): Promise<Map<number, LifeEvent>> {
    return eventsAt(this.source, positions);
  }

  /** The stream's newest event by the position, up to a revision where one is named. */
  async lastOf(
    stream: string,
    { position, revision }: { position: number; revision?: number },
  ): Promise<{ position: number; revision: number } | undefined> {
    const query = (await this.#matching({ stream: [stream] })).andWhere('e.position <= :position', { position });
    if (revision !== undefined) query.andWhere('e.revision <= :revision', { revision });
    const found = await query.orderBy('e.position', 'DESC').limit(1).getOne();
    return found ? { position: found.position, revision: found.revision } : undefined;
  }

  /** How many there are by the position. */
  async count(filter: EventFilter, position: number): Promise<number> {
    return (await this.#matching(filter)).andWhere('e.position <= :position', { position }).getCount();
  }

  /** Times of record never go back along positions, so a window of them is a range of positions. */
  async #matching({ from, to, ...filter }: EventFilter): Promise<SelectQueryBuilder<EventIndex>> {
    const [stream, ...others] = filter.stream ?? [];
    const indexed = stream !== undefined && others.length === 0 ? indexedBy(stream) : {};
    const query = whereAnyOf(this.source.manager.createQueryBuilder(EventIndex, 'e'), { ...indexed, ...filter });
    if (from !== undefined) query.andWhere('e.position >= :first', { first: await this.#firstSince(from) });
    if (to !== undefined) query.andWhere('e.position < :end', { end: await this.#firstSince(to) });
    return query;
  }

  /** Position of the first event that was recorded then or later; beyond all of them when there is none. */
  async #firstSince(time: string): Promise<number> {
    const [row] = await this.source.sql<{ position: number | string }[]>`
      SELECT position FROM events_index WHERE recorded_at >= ${time}
      ORDER BY recorded_at, position LIMIT 1`;
    return row ? toNumber(row.position) : Number.MAX_SAFE_INTEGER;
  }

  /** When the ledger took the event at the position. */
  async timeOf(position: number): Promise<string | undefined> {
    const row = await this.source.manager.findOneBy(EventIndex, { position });
    return row?.recordedAt;
  }

  /** The last position that the ledger had taken by the time, as far as the view has come. */
  async positionAt(time: string): Promise<number | 'before-genesis'> {
    const [row] = await this.source.sql<{ position: number | string }[]>`
      SELECT position FROM events_index WHERE recorded_at <= ${time}
      ORDER BY recorded_at DESC, position DESC LIMIT 1`;
    return row ? toNumber(row.position) : 'before-genesis';
  }
}

/**
 * What else all events of a stream have in common, and what has an index: one of the long names themselves would cost
 * every event more than it saves the few who ask for a stream.
 */
function indexedBy(stream: string): Partial<Record<'environment' | 'digest' | 'changeId' | 'type', readonly string[]>> {
  const [, category = '', name = ''] = /^([a-z]+)(?:-(.*))?$/s.exec(stream) ?? [];
  switch (category) {
    case 'environment':
      return { environment: [name] };
    case 'artifact':
      return { digest: [name.replace('-', ':')] };
    case 'refusal':
      return { changeId: [name] };
    case 'pipeline':
      return {
        type: [
          ...['PipelineRegistered.v1', 'PipelineSuspended.v1', 'PipelineReinstated.v1'],
          ...['PipelineKeyAdded.v1', 'PipelineKeyRevoked.v1'],
        ],
      };
    case 'incident':
      return { type: ['IncidentReported.v1', 'IncidentResolved.v1'] };
    case 'reports':
      return { type: ['ReportIssued.v1', 'EvidenceExported.v1', 'SampleDrawn.v1'] };
    case 'signing':
      return { type: ['LedgerKeyRotated.v1'] };
    case 'access':
      return { type: ['TokenIssued.v1', 'TokenRevoked.v1', 'RefusalsCounted.v1'] };
    default:
      return {};
  }
}
