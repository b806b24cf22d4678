import type { DataSource } from 'typeorm';
import { toNumber } from '../../../views/columns.js';
import type { ChangeEffect, ChangeKind, FinalOutcome } from '../../../views/changes/entity.js';
import type { ChangeFact } from '../facts.js';
import type { Period } from '../period.js';

/** Columns as SQL answers them: TypeORM's entities would cost several times the read. */
interface ChangeSql {
  readonly change_id: string;
  readonly kind: ChangeKind;
  readonly environment: string | null;
  readonly service: string | null;
  readonly component: string | null;
  readonly layer: string | null;
  readonly digest: string | null;
  readonly version: string | null;
  readonly replaced: string | null;
  readonly type: string | null;
  readonly strategy: string | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly channel: string;
  readonly ticket: string | null;
  readonly note: string | null;
  readonly detail: string | null;
  readonly first_position: number | string;
  readonly started_occurred_at: string;
  readonly validated_position: number | string | null;
  readonly finished_position: number | string;
  readonly finished_at: string;
  readonly finished_occurred_at: string;
  readonly final_outcome: FinalOutcome;
  readonly effect: ChangeEffect | null;
  readonly rolled_back_position: number | string | null;
  readonly rolled_back_occurred_at: string | null;
  readonly rolled_back_by: string | null;
  readonly source_committed_at: string | null;
  readonly source_author: string | null;
  readonly soak_since: string | null;
}

export interface ChangesAsked {
  readonly environment: { readonly name: string; readonly promotesFrom?: string };
  readonly period: Period;
  readonly position: number;
}

/**
 * Changes of one environment that ended in the period, as the ledger knew them at the position: a change that ended
 * later, and a bake that came later, are not there yet. The environment is compared in a way that no index serves, so
 * that the ones by occurrence and by digest are taken: the read is as long as the period, not as the history.
 *
 * A digest soaks from when it first became known-good in the stage before and was not withdrawn by a roll-back since.
 */
export async function readChanges(
  source: DataSource,
  { environment: { name, promotesFrom }, period: { from, to }, position }: ChangesAsked,
): Promise<ChangeFact[]> {
  const stageBefore = promotesFrom ?? '';
  const rows = await source.sql<ChangeSql[]>`
    SELECT c.change_id, c.kind, c.environment, c.service, c.component, c.layer, c.digest, c.version, c.replaced, c.type,
           c.strategy, c.reason, c.actor, c.channel, c.ticket, c.note, c.detail, c.first_position,
           c.started_occurred_at, c.validated_position, c.finished_position, c.finished_at, c.finished_occurred_at,
           c.final_outcome, c.effect, c.rolled_back_position, c.rolled_back_occurred_at, c.rolled_back_by,
           a.source_committed_at, a.source_author,
           CASE WHEN c.kind = 'promotion' AND c.effect = 'switched' AND ${stageBefore} <> '' THEN (
             SELECT MIN(i.since_occurred_at) FROM known_good_intervals i
             WHERE i.digest = c.digest AND (i.environment || '') = ${stageBefore} AND i.since_position < c.finished_position
               AND i.since_position > COALESCE((
                 SELECT MAX(r.rolled_back_position) FROM changes r
                 WHERE r.digest = c.digest AND (r.environment || '') = ${stageBefore}
                   AND r.rolled_back_position < c.finished_position), -1)) END AS soak_since
    FROM changes c LEFT JOIN artifacts a ON a.digest = c.digest AND a.position <= ${position}
    WHERE c.finished_occurred_at >= ${from} AND c.finished_occurred_at < ${to} AND c.finished_position <= ${position}
      AND (c.environment || '') = ${name}`;
  return rows.map((row) => changeFact(row, position, promotesFrom !== undefined));
}

/** Refused commands of the period that name no environment: bakes and attestations. */
export async function readUnplacedRefusals(
  source: DataSource,
  { from, to }: Period,
  position: number,
): Promise<ChangeFact[]> {
  const rows = await source.sql<ChangeSql[]>`
    SELECT c.*, NULL AS source_committed_at, NULL AS source_author, NULL AS soak_since FROM changes c
    WHERE c.finished_occurred_at >= ${from} AND c.finished_occurred_at < ${to} AND c.finished_position <= ${position}
      AND COALESCE(c.environment, '') = ''
    ORDER BY c.finished_occurred_at, c.first_position`;
  return rows.map((row) => changeFact(row, position, false));
}

function changeFact(row: ChangeSql, position: number, hasStageBefore: boolean): ChangeFact {
  const { kind, environment, service, component, layer, digest, version, replaced, type, strategy } = row;
  const { reason, actor, channel, ticket, note, detail, effect } = row;
  const [first, last] = [toNumber(row.first_position), toNumber(row.finished_position)];
  const isRolledBack = row.rolled_back_position !== null && toNumber(row.rolled_back_position) <= position;
  return {
    ...{ fact: 'change', changeId: row.change_id, kind, environment, service, component, layer, digest, version },
    ...{ replaced, type, strategy, reason, actor, channel, ticket, note, detail, effect, hasStageBefore },
    firstPosition: first,
    startedOccurredAt: row.started_occurred_at,
    position: last,
    occurredAt: row.finished_occurred_at,
    recordedAt: row.finished_at,
    ended: row.final_outcome,
    commands: 1 + (row.validated_position === null ? 0 : 1) + (first === last ? 0 : 1),
    rolledBackAt: isRolledBack ? row.rolled_back_occurred_at : null,
    rolledBackBy: isRolledBack ? row.rolled_back_by : null,
    committedAt: row.source_committed_at,
    author: row.source_author,
    soakSince: row.soak_since,
  };
}
