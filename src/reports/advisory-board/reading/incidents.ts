import type { DataSource } from 'typeorm';
import { toNumber } from '../../../views/columns.js';
import type { IncidentFact } from '../facts.js';

interface IncidentSql {
  readonly id: string;
  readonly first_position: number | string;
  readonly severity: string;
  readonly environment: string | null;
  readonly service: string | null;
  readonly started_at: string;
  readonly change_id: string | null;
  readonly note: string | null;
  readonly resolved_position: number | string | null;
  readonly resolved_at: string | null;
  readonly final_change_id: string | null;
  readonly mended_by: string | null;
}

/**
 * Every incident as the ledger knew it at the position, oldest first. All of them: a change of the period can be blamed
 * by an incident that began at any time.
 */
export async function readIncidents(source: DataSource, position: number): Promise<IncidentFact[]> {
  const rows = await source.sql<IncidentSql[]>`
    SELECT id, first_position, severity, environment, service, started_at, change_id, note,
           resolved_position, resolved_at, final_change_id, mended_by
    FROM incidents WHERE first_position <= ${position} ORDER BY first_position`;
  return rows.map((row) => incidentFact(row, position));
}

/** What was said at its resolution counts from that position on. */
function incidentFact(row: IncidentSql, position: number): IncidentFact {
  const { id, severity, environment, service, note, change_id: blamed } = row;
  const isResolved = row.resolved_position !== null && toNumber(row.resolved_position) <= position;
  return {
    ...{ fact: 'incident', id, severity, environment, service, note },
    position: toNumber(row.first_position),
    startedAt: row.started_at,
    resolvedAt: isResolved ? row.resolved_at : null,
    changeId: isResolved ? (row.final_change_id ?? blamed) : blamed,
    mendedBy: isResolved ? row.mended_by : null,
  };
}
