import type { DataSource } from 'typeorm';
import { Change, type ChangeEffect, type ChangeKind, type FinalOutcome } from '../../../views/changes/entity.js';
import { RAW_COLUMNS, type RawChange } from '../../../views/changes/row.js';
import { readRows } from '../../../views/read-rows.js';
import type { ChangeFact } from '../facts.js';
import type { Period } from '../period.js';

export interface ChangesAsked {
  readonly environment: { readonly name: string; readonly promotesFrom?: string };
  readonly period: Period;
  readonly position: number;
  /** Whether the changes will be shown. What is only counted needs no texts, and texts are most of what a read costs. */
  readonly isShown: boolean;
}

/** A change as metrics take it, and the row of the population that it is. */
export interface ReadChange {
  readonly fact: ChangeFact;
  readonly raw: RawChange;
}

/**
 * Changes of one environment that ended in the period, as the ledger knew them at the position: a change that ended
 * later, and a bake that came later, are not there yet.
 *
 * A digest soaks from when it first became known-good in the stage before and was not withdrawn by a roll-back since:
 * few were withdrawn, so that it is the roll-backs whose digests are looked for. What is joined to a text is a column
 * whose index SQLite would take in place of the one by roll-back or by digest.
 */
export async function readChanges(source: DataSource, asked: ChangesAsked): Promise<ReadChange[]> {
  const { environment, period, position, isShown } = asked;
  const stageBefore = environment.promotesFrom ?? '';
  const rows = await readRows<RawChange>(
    source,
    `WITH withdrawn AS MATERIALIZED (
       SELECT w.first_position, MAX(r.rolled_back_position) AS last FROM changes r
       CROSS JOIN changes w
       WHERE r.rolled_back_position <= ? AND (r.environment || '') = ?
         AND w.digest = r.digest AND (w.environment || '') = ? AND w.finished_position > r.rolled_back_position
       GROUP BY w.first_position)
     SELECT ${columnsOf(source, isShown)}, a.source_committed_at,
       CASE WHEN c.kind = 'promotion' AND c.effect = 'switched' AND ? <> '' THEN (
         SELECT MIN(i.since_occurred_at) FROM known_good_intervals i
         WHERE i.digest = c.digest AND (i.environment || '') = ? AND i.since_position < c.finished_position
           AND i.since_position > COALESCE((
             SELECT last FROM withdrawn WHERE withdrawn.first_position = c.first_position), -1)) END
     FROM changes c
     LEFT JOIN artifacts a ON c.effect = 'switched' AND a.digest = c.digest AND a.position <= ?
     WHERE c.environment = ? AND c.finished_occurred_at >= ? AND c.finished_occurred_at < ? AND c.finished_position <= ?`,
    [
      ...[position, stageBefore, environment.name, stageBefore, stageBefore, position],
      ...[environment.name, period.from, period.to, position],
    ],
  );
  const hasStageBefore = environment.promotesFrom !== undefined;
  const place = { environment: environment.name, hasStageBefore };
  return rows.map((raw) => ({ raw, fact: changeFact(raw, position, place) }));
}

/** Refused commands of the period that name no environment: bakes and attestations. */
export async function readUnplacedRefusals(
  source: DataSource,
  period: Period,
  position: number,
): Promise<ChangeFact[]> {
  const rows = await readRows<RawChange>(
    source,
    `SELECT ${columnsOf(source, true)}, NULL, NULL FROM changes c
     WHERE c.environment IS NULL AND c.finished_occurred_at >= ? AND c.finished_occurred_at < ?
       AND c.finished_position <= ?
     ORDER BY c.finished_occurred_at, c.first_position`,
    [period.from, period.to, position],
  );
  return rows.map((row) => changeFact(row, position, { environment: null, hasStageBefore: false }));
}

/** What numbers are worked out from; all other columns are only shown. */
const COUNTED: ReadonlySet<string> = new Set<keyof Change>([
  ...(['changeId', 'kind', 'type', 'reason', 'channel', 'firstPosition', 'startedOccurredAt'] as const),
  ...(['validatedPosition', 'finishedPosition', 'finishedAt', 'finishedOccurredAt', 'finalOutcome'] as const),
  ...(['effect', 'rolledBackPosition', 'rolledBackOccurredAt'] as const),
]);

/** Every column of a change in the order of {@link RAW_COLUMNS}; those that are not asked for are null. */
function columnsOf(source: DataSource, isShown: boolean): string {
  const { columns } = source.getMetadata(Change);
  const names = new Map(columns.map(({ propertyName, databaseName }) => [propertyName, `c.${databaseName}`]));
  return RAW_COLUMNS.map((name) => (isShown || COUNTED.has(name) ? names.get(name) : 'NULL')).join(', ');
}

/** Where a column's value is in a row: objects with names would cost as much again as the reading. */
const at = Object.fromEntries(RAW_COLUMNS.map((name, index) => [name, index])) as Readonly<
  Record<(typeof RAW_COLUMNS)[number], number>
>;
const COMMITTED_AT = RAW_COLUMNS.length;
const SOAK_SINCE = RAW_COLUMNS.length + 1;

function changeFact(
  row: RawChange,
  position: number,
  place: { readonly environment: string | null; readonly hasStageBefore: boolean },
): ChangeFact {
  const text = (index: number) => (row[index] as string | null | undefined) ?? null;
  const firstPosition = row[at.firstPosition] as number;
  const finished = row[at.finishedPosition] as number;
  const rolledBack = row[at.rolledBackPosition] as number | null;
  return {
    fact: 'change',
    changeId: text(at.changeId) ?? '',
    kind: text(at.kind) as ChangeKind,
    environment: place.environment,
    service: text(at.service),
    component: text(at.component),
    digest: text(at.digest),
    version: text(at.version),
    type: text(at.type),
    reason: text(at.reason),
    actor: text(at.actor) ?? '',
    channel: text(at.channel) ?? '',
    ticket: text(at.ticket),
    note: text(at.note),
    detail: text(at.detail),
    firstPosition,
    startedOccurredAt: text(at.startedOccurredAt) ?? '',
    position: finished,
    occurredAt: text(at.finishedOccurredAt) ?? '',
    recordedAt: text(at.finishedAt) ?? '',
    ended: text(at.finalOutcome) as FinalOutcome,
    effect: text(at.effect) as ChangeEffect | null,
    commands: 1 + (row[at.validatedPosition] === null ? 0 : 1) + (firstPosition === finished ? 0 : 1),
    rolledBackAt: rolledBack !== null && rolledBack <= position ? text(at.rolledBackOccurredAt) : null,
    committedAt: text(COMMITTED_AT),
    hasStageBefore: place.hasStageBefore,
    soakSince: text(SOAK_SINCE),
  };
}
