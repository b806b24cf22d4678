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
  readonly changeId?: AnyOf;
}

export class EventQueries {
  constructor(private readonly source: DataSource) {}

  async page(filter: EventFilter, paging: Paging): Promise<Page<EventRow>> {
    const [stream, ...others] = filter.stream ?? [];
    const indexed = stream !== undefined && others.length === 0 ? indexedBy(stream) : {};
    const query = whereAnyOf(this.source.manager.createQueryBuilder(EventIndex, 'e'), { ...indexed, ...filter });
    const { rows, ...rest } = await readPage(query, 'position', paging);
    return { ...rest, rows: rows.map(answerOf) };
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
      return { type: ['PipelineRegistered.v1', 'PipelineSuspended.v1', 'PipelineReinstated.v1'] };
    case 'incident':
      return { type: ['IncidentReported.v1', 'IncidentResolved.v1'] };
    case 'reports':
      return { type: ['ReportIssued.v1', 'EvidenceExported.v1', 'SampleDrawn.v1'] };
    case 'access':
      return { type: ['TokenIssued.v1', 'TokenRevoked.v1'] };
    default:
      return {};
  }
}
