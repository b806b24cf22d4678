import type { DataSource } from 'typeorm';
import { toNumber } from '../columns.js';

/** What a service ran from a position on; `digest` is null from where it was retired. */
export interface Stay {
  readonly sincePosition: number;
  readonly since: string;
  readonly sinceOccurredAt: string;
  /** How the stay before this one ended; null where nothing was live. */
  readonly endedBefore: 'replaced' | 'rolled-back' | 'retired' | null;
  readonly digest: string | null;
  readonly component: string | null;
  readonly version: string | null;
  readonly layer: string | null;
  readonly changeId: string | null;
}

export interface Place {
  readonly environment: string;
  readonly service: string;
}

interface StayRow {
  readonly since_position: number | string;
  readonly since_recorded_at: string;
  readonly since_occurred_at: string;
  readonly ended_before: Stay['endedBefore'];
  readonly digest: string | null;
  readonly component: string | null;
  readonly version: string | null;
  readonly layer: string | null;
  readonly change_id: string | null;
}

/** The last stays of a service that had begun by the position, newest first. */
export async function staysBy(
  source: DataSource,
  { environment, service }: Place,
  position: number,
  limit: number,
): Promise<Stay[]> {
  const rows = await source.sql<StayRow[]>`
    SELECT since_position, since_recorded_at, since_occurred_at, ended_before, digest, component, version, layer, change_id
    FROM known_good_intervals
    WHERE environment = ${environment} AND service = ${service} AND since_position <= ${position}
    ORDER BY since_position DESC LIMIT ${limit}`;
  return rows.map(stayOf);
}

/** The stay that ended whatever was live at `after`, if it had begun by the position. */
export async function stayAfter(
  source: DataSource,
  { environment, service }: Place,
  after: number,
  position: number,
): Promise<Stay | undefined> {
  const [row] = await source.sql<StayRow[]>`
    SELECT since_position, since_recorded_at, since_occurred_at, ended_before, digest, component, version, layer, change_id
    FROM known_good_intervals
    WHERE environment = ${environment} AND service = ${service}
      AND since_position > ${after} AND since_position <= ${position}
    ORDER BY since_position LIMIT 1`;
  return row && stayOf(row);
}

/** How a digest came to be known-good in an environment. */
export interface StandingAt {
  readonly position: number;
  readonly sinceRecordedAt: string;
  readonly sinceOccurredAt: string;
  readonly changeId: string;
  readonly service: string;
}

/**
 * Since when the digest had been known-good in the environment without being withdrawn, as the ledger knew it at the
 * position: its first stay there after the last roll-back away from it. The unary pluses keep SQLite on the indexes of
 * the digest.
 */
export async function standingAt(
  source: DataSource,
  environment: string,
  digest: string,
  position: number,
): Promise<StandingAt | undefined> {
  const [row] = await source.sql<(StayRow & { service: string })[]>`
    SELECT service, since_position, since_recorded_at, since_occurred_at, change_id FROM known_good_intervals
    WHERE digest = ${digest} AND (environment || '') = ${environment} AND since_position <= ${position}
      AND since_position > COALESCE((
        SELECT MAX(c.rolled_back_position) FROM changes c
        WHERE c.digest = ${digest} AND (c.environment || '') = ${environment} AND c.rolled_back_position <= ${position}), -1)
    ORDER BY since_position LIMIT 1`;
  if (!row) return undefined;
  return {
    position: toNumber(row.since_position),
    sinceRecordedAt: row.since_recorded_at,
    sinceOccurredAt: row.since_occurred_at,
    changeId: row.change_id ?? '',
    service: row.service,
  };
}

const stayOf = (row: StayRow): Stay => ({
  sincePosition: toNumber(row.since_position),
  since: row.since_recorded_at,
  sinceOccurredAt: row.since_occurred_at,
  endedBefore: row.ended_before,
  digest: row.digest,
  component: row.component,
  version: row.version,
  layer: row.layer,
  changeId: row.change_id,
});
