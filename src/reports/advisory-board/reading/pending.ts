import type { DataSource } from 'typeorm';
import { toNumber } from '../../../views/columns.js';
import type { ReportScope } from '../scope.js';

/** A promotion whose candidate runs and is not switched to yet. */
export interface PendingChange {
  readonly changeId: string;
  readonly environment: string;
  readonly service: string;
  readonly component: string;
  readonly layer: string;
  readonly digest: string;
  readonly version: string;
  readonly type: string | null;
  readonly actor: string;
  readonly note: string | null;
  readonly ticket: string | null;
  readonly startedOccurredAt: string;
  readonly firstPosition: number;
  readonly isValidated: boolean;
}

interface PendingSql {
  readonly change_id: string;
  readonly environment: string;
  readonly service: string;
  readonly component: string;
  readonly layer: string;
  readonly digest: string;
  readonly version: string;
  readonly type: string | null;
  readonly actor: string;
  readonly note: string | null;
  readonly ticket: string | null;
  readonly started_occurred_at: string;
  readonly first_position: number | string;
  readonly validated_position: number | string | null;
}

/**
 * Changes that were open at the end of the period, as the ledger knew it at the position: those that never ended, that
 * ended after the period, or of whose end the ledger heard later. Each of the three is found by an index of its own.
 */
export async function readPending({
  source,
  scope: { environments, period, position, recordedAt },
}: {
  source: DataSource;
  scope: Pick<ReportScope, 'environments' | 'period' | 'position' | 'recordedAt'>;
}): Promise<PendingChange[]> {
  const rows = await source.sql<PendingSql[]>`
    SELECT c.change_id, c.environment, c.service, c.component, c.layer, c.digest, c.version, c.type, c.actor, c.note,
           c.ticket, c.started_occurred_at, c.first_position, c.validated_position
    FROM (
      SELECT first_position FROM changes WHERE final_outcome IS NULL
      UNION ALL SELECT first_position FROM changes WHERE finished_occurred_at >= ${period.to}
      UNION ALL SELECT first_position FROM changes
            WHERE finished_at >= ${recordedAt} AND finished_position > ${position}
    ) o CROSS JOIN changes c
    WHERE c.first_position = o.first_position AND c.first_position <= ${position}
      AND c.started_occurred_at < ${period.to}
    ORDER BY c.environment, c.started_occurred_at, c.first_position`;
  const names = new Set(environments.map(({ name }) => name));
  // Found by two of the indexes, a change is there twice.
  const distinct = [...new Map(rows.map((row) => [row.change_id, row])).values()];
  return distinct.filter(({ environment }) => names.has(environment)).map((row) => pendingChange(row, position));
}

function pendingChange(row: PendingSql, position: number): PendingChange {
  const { change_id: changeId, environment, service, component, layer, digest, version } = row;
  const { type, actor, note, ticket, started_occurred_at: startedOccurredAt } = row;
  const isValidated = row.validated_position !== null && toNumber(row.validated_position) <= position;
  return {
    ...{ changeId, environment, service, component, layer, digest, version, type, actor, note, ticket },
    ...{ startedOccurredAt, firstPosition: toNumber(row.first_position), isValidated },
  };
}
