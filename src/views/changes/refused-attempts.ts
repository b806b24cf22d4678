import type { DataSource } from 'typeorm';
import { toNumber } from '../columns.js';

/** What was refused, without what a dossier does not show of it. */
export interface RefusedAttempt {
  readonly changeId: string;
  readonly position: number;
  readonly kind: string;
  readonly environment: string | null;
  readonly service: string | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly actor: string;
  readonly pipeline: string | null;
  readonly recordedAt: string;
  readonly occurredAt: string;
}

interface Row extends Omit<RefusedAttempt, 'changeId' | 'position' | 'recordedAt' | 'occurredAt'> {
  readonly change_id: string;
  readonly first_position: number | string;
  readonly started_at: string;
  readonly started_occurred_at: string;
}

export interface Attempt {
  readonly digest: string;
  readonly environment: string;
  readonly service: string;
}

interface Bounds {
  /** Refusals before this position. */
  readonly before: number;
  readonly limit: number;
}

/**
 * Refused attempts to do anything with the digest in the service's environment, newest first. Where a refused command
 * named no service (nobody had baked the digest), it may have been meant. Unary pluses keep SQLite on the digest's
 * index.
 */
export async function refusedAttempts(source: DataSource, attempt: Attempt, bounds: Bounds): Promise<RefusedAttempt[]> {
  const { digest, environment, service } = attempt;
  const rows = await source.sql<Row[]>`
    SELECT * FROM changes
    WHERE digest = ${digest} AND first_position < ${bounds.before} AND (environment || '') = ${environment}
      AND (final_outcome || '') = 'refused' AND (service IS NULL OR (service || '') = ${service})
    ORDER BY first_position DESC LIMIT ${bounds.limit}`;
  return rows.map(attemptOf);
}

/** The refusals with these ids, newest first. */
export async function refusalsById(source: DataSource, ids: readonly string[]): Promise<RefusedAttempt[]> {
  if (ids.length === 0) return [];
  const rows = await source.sql<Row[]>`
    SELECT * FROM changes WHERE change_id IN (${() => [...ids]}) ORDER BY first_position DESC`;
  return rows.map(attemptOf);
}

/** How often each digest was refused by the position; those that never were are left out. */
export async function refusalCounts(
  source: DataSource,
  digests: readonly string[],
  position: number,
): Promise<Map<string, number>> {
  if (digests.length === 0) return new Map();
  const rows = await source.sql<{ digest: string; count: number | string }[]>`
    SELECT digest, COUNT(*) AS count FROM changes
    WHERE digest IN (${() => [...digests]}) AND first_position <= ${position} AND (final_outcome || '') = 'refused'
    GROUP BY digest`;
  return new Map(rows.map(({ digest, count }) => [digest, toNumber(count)]));
}

const attemptOf = (row: Row): RefusedAttempt => ({
  changeId: row.change_id,
  position: toNumber(row.first_position),
  kind: row.kind,
  environment: row.environment,
  service: row.service,
  reason: row.reason,
  detail: row.detail,
  actor: row.actor,
  pipeline: row.pipeline,
  recordedAt: row.started_at,
  occurredAt: row.started_occurred_at,
});
