import type { DataSource } from 'typeorm';
import type { ChangeEffect, ChangeKind, FinalOutcome } from '../../../views/changes/entity.js';
import { sqliteHandle } from '../../../views/database.js';
import type { ChangeFact } from '../facts.js';
import type { Period } from '../period.js';

export interface ChangesAsked {
  readonly environment: { readonly name: string; readonly promotesFrom?: string };
  readonly period: Period;
  readonly position: number;
  /** Whether the changes will be shown. What is only counted needs no texts, and texts are most of what a read costs. */
  readonly isShown: boolean;
}

/**
 * Changes of one environment that ended in the period, as the ledger knew them at the position: a change that ended
 * later, and a bake that came later, are not there yet.
 *
 * A digest soaks from when it first became known-good in the stage before and was not withdrawn by a roll-back since.
 * What is joined to a text is a column whose index SQLite would take in place of the one by roll-back or by digest.
 */
export function readChanges(source: DataSource, asked: ChangesAsked): ChangeFact[] {
  const { environment, period, position, isShown } = asked;
  const rows = sqliteHandle(source)
    .prepare<object>(
      `WITH withdrawn AS MATERIALIZED (
         SELECT r.digest, r.rolled_back_position AS position FROM changes r
         WHERE r.rolled_back_position <= @position AND (r.environment || '') = @stageBefore)
       SELECT ${columnsOf(isShown)}, a.source_committed_at,
         CASE WHEN c.kind = 'promotion' AND c.effect = 'switched' AND @stageBefore <> '' THEN (
           SELECT MIN(i.since_occurred_at) FROM known_good_intervals i
           WHERE i.digest = c.digest AND (i.environment || '') = @stageBefore AND i.since_position < c.finished_position
             AND i.since_position > COALESCE((
               SELECT MAX(w.position) FROM withdrawn w
               WHERE w.digest = c.digest AND w.position < c.finished_position), -1)) END
       FROM changes c
       LEFT JOIN artifacts a ON c.effect = 'switched' AND a.digest = c.digest AND a.position <= @position
       WHERE c.environment = @environment AND c.finished_occurred_at >= @from AND c.finished_occurred_at < @to
         AND c.finished_position <= @position`,
    )
    .raw()
    .all({ ...period, position, environment: environment.name, stageBefore: environment.promotesFrom ?? '' });
  const hasStageBefore = environment.promotesFrom !== undefined;
  return rows.map((row) => changeFact(row as RawFact, position, { environment: environment.name, hasStageBefore }));
}

/** Refused commands of the period that name no environment: bakes and attestations. */
export function readUnplacedRefusals(source: DataSource, period: Period, position: number): ChangeFact[] {
  const rows = sqliteHandle(source)
    .prepare<object>(
      `SELECT ${columnsOf(true)}, NULL, NULL FROM changes c
       WHERE c.environment IS NULL AND c.finished_occurred_at >= @from AND c.finished_occurred_at < @to
         AND c.finished_position <= @position
       ORDER BY c.finished_occurred_at, c.first_position`,
    )
    .raw()
    .all({ ...period, position });
  return rows.map((row) => changeFact(row as RawFact, position, { environment: null, hasStageBefore: false }));
}

type Text = string | null;
type Place = number | null;

/** Values in the order of the columns: objects with their names would cost as much again as the reading. */
type RawFact = readonly [
  ...[changeId: string, kind: ChangeKind, type: Text, reason: Text, channel: string, first: number, startedAt: string],
  ...[validated: Place, finished: number, recordedAt: string, occurredAt: string, ended: FinalOutcome],
  ...[effect: ChangeEffect | null, rolledBack: Place, rolledBackAt: Text],
  ...[service: Text, component: Text, digest: Text, version: Text, actor: Text, ticket: Text, note: Text, detail: Text],
  ...[committedAt: Text, soakSince: Text],
];

const COUNTED = [
  ...['change_id', 'kind', 'type', 'reason', 'channel', 'first_position', 'started_occurred_at'],
  ...['validated_position', 'finished_position', 'finished_at', 'finished_occurred_at', 'final_outcome'],
  ...['effect', 'rolled_back_position', 'rolled_back_occurred_at'],
];
const SHOWN = ['service', 'component', 'digest', 'version', 'actor', 'ticket', 'note', 'detail'];

const columnsOf = (isShown: boolean): string =>
  [...COUNTED.map((column) => `c.${column}`), ...SHOWN.map((column) => (isShown ? `c.${column}` : 'NULL'))].join(', ');

function changeFact(
  row: RawFact,
  position: number,
  place: { readonly environment: string | null; readonly hasStageBefore: boolean },
): ChangeFact {
  const [changeId, kind, type, reason, channel, firstPosition, startedOccurredAt, validated, ...rest] = row;
  const [finished, recordedAt, occurredAt, ended, effect, rolledBack, rolledBackAt, ...texts] = rest;
  const [service, component, digest, version, actor, ticket, note, detail, committedAt, soakSince] = texts;
  const isRolledBack = rolledBack !== null && rolledBack <= position;
  const commands = 1 + (validated === null ? 0 : 1) + (firstPosition === finished ? 0 : 1);
  return {
    fact: 'change',
    changeId,
    kind,
    environment: place.environment,
    service,
    component,
    digest,
    version,
    type,
    reason,
    actor: actor ?? '',
    channel,
    ticket,
    note,
    detail,
    firstPosition,
    startedOccurredAt,
    position: finished,
    occurredAt,
    recordedAt,
    ended,
    effect,
    commands,
    rolledBackAt: isRolledBack ? rolledBackAt : null,
    committedAt,
    hasStageBefore: place.hasStageBefore,
    soakSince,
  };
}
