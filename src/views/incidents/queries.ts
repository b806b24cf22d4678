import { Brackets, type DataSource, type SelectQueryBuilder } from 'typeorm';
import { answerOf, readPage, whereAnyOf, type Answer, type AnyOf, type Page, type Paging } from '../paging.js';
import { Incident } from './entity.js';

/** An incident as the ledger knew it at a position. */
export type IncidentRow = Omit<Answer<Incident>, 'finalChangeId'> & {
  readonly status: 'open' | 'resolved';
};

export interface IncidentFilter {
  readonly environment?: AnyOf;
  readonly service?: AnyOf;
  readonly severity?: AnyOf;
  /** The change that is blamed. */
  readonly changeId?: AnyOf;
  readonly mendedBy?: AnyOf;
  /** As of the position. */
  readonly status?: IncidentRow['status'];
  /** Began at or after this time. */
  readonly from?: string;
  /** Began before this time. */
  readonly to?: string;
}

export class IncidentQueries {
  constructor(private readonly source: DataSource) {}

  async get(id: string, position: number): Promise<IncidentRow | undefined> {
    const row = await this.source.manager.findOneBy(Incident, { id });
    return row && row.firstPosition <= position ? incidentAt(row, position) : undefined;
  }

  async page(filter: IncidentFilter, paging: Paging): Promise<Page<IncidentRow>> {
    const { position } = paging;
    const { rows, ...rest } = await readPage(this.#matching(filter, position), 'firstPosition', paging);
    return { ...rest, rows: rows.map((row) => incidentAt(row, position)) };
  }

  async count(filter: IncidentFilter, position: number): Promise<number> {
    return this.#matching(filter, position).andWhere('i.firstPosition <= :position', { position }).getCount();
  }

  /** Every incident that was reported by the position and had begun before `to`; oldest first. */
  async startedBefore(to: string, position: number): Promise<IncidentRow[]> {
    const query: SelectQueryBuilder<Incident> = this.source.manager.createQueryBuilder(Incident, 'i');
    const rows = await query
      .where('i.startedAt < :to AND i.firstPosition <= :position', { to, position })
      .orderBy('i.firstPosition', 'ASC')
      .getMany();
    return rows.map((row) => incidentAt(row, position));
  }

  #matching(filter: IncidentFilter, position: number): SelectQueryBuilder<Incident> {
    const { changeId, mendedBy, status, from, to, ...fields } = filter;
    const query = whereAnyOf(this.source.manager.createQueryBuilder(Incident, 'i'), fields);
    if (changeId?.length) query.andWhere(blames(changeId, position));
    if (mendedBy?.length) {
      query.andWhere('i.mendedBy IN (:...mendedBy) AND i.resolvedPosition <= :position', { mendedBy, position });
    }
    if (status === 'resolved') query.andWhere('i.resolvedPosition <= :position', { position });
    if (status === 'open') {
      query.andWhere('(i.resolvedPosition IS NULL OR i.resolvedPosition > :position)', { position });
    }
    if (from) query.andWhere('i.startedAt >= :from', { from });
    if (to) query.andWhere('i.startedAt < :to', { to });
    return query;
  }
}

/** The change that was named at the resolution stands in place of the one that was blamed before it. */
function blames(changes: readonly string[], at: number): Brackets {
  return new Brackets((or) => {
    or.where('i.finalChangeId IN (:...changes) AND i.resolvedPosition <= :at', { changes, at }).orWhere(
      'i.changeId IN (:...changes) AND (i.resolvedPosition IS NULL OR i.resolvedPosition > :at OR i.finalChangeId IS NULL)',
    );
  });
}

function incidentAt(incident: Incident, position: number): IncidentRow {
  const { finalChangeId, ...facts } = incident;
  const { resolvedPosition } = facts;
  const isResolved = resolvedPosition !== null && resolvedPosition <= position;
  const later = isResolved
    ? { changeId: finalChangeId ?? facts.changeId }
    : { resolvedPosition: null, resolvedAt: null, resolvedBy: null, resolution: null, mendedBy: null };
  return { ...answerOf({ ...facts, ...later }), status: isResolved ? 'resolved' : 'open' };
}
