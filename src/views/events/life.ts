import type { DataSource } from 'typeorm';
import { toNumber } from '../columns.js';

/** An event of a change or of a digest, as far as the index knows it. */
export interface LifeEvent {
  readonly position: number;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly environment: string | null;
  readonly service: string | null;
  readonly digest: string | null;
  readonly changeId: string | null;
  readonly actor: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
}

interface Row extends Omit<LifeEvent, 'position' | 'revision' | 'changeId' | 'recordedAt' | 'occurredAt'> {
  readonly position: number | string;
  readonly revision: number | string;
  readonly change_id: string | null;
  readonly recorded_at: string;
  readonly occurred_at: string;
}

/**
 * The events of a change of these types by the position, oldest first. The unary plus keeps SQLite on the index of the
 * change: by type it would walk through the whole ledger.
 */
export async function eventsOfChange(
  source: DataSource,
  changeId: string,
  types: readonly string[],
  { position, limit }: { readonly position: number; readonly limit: number },
): Promise<LifeEvent[]> {
  const rows = await source.sql<Row[]>`
    SELECT * FROM events_index
    WHERE change_id = ${changeId} AND (type || '') IN (${() => [...types]}) AND position <= ${position}
    ORDER BY position LIMIT ${limit}`;
  return rows.map(lifeEvent);
}

/** Where the events of a digest matter to a reader: in one service's environment, and in the stages before it. */
export interface DigestLife {
  readonly digest: string;
  readonly environment: string;
  readonly service: string;
  readonly stages: readonly string[];
}

/** What happened to the digest anywhere (bake, attestation, revocation), to the service, and in the stages before. */
export async function eventsOfDigest(
  source: DataSource,
  { digest, environment, service, stages }: DigestLife,
  { position, limit, order }: { readonly position: number; readonly limit: number; readonly order: 'asc' | 'desc' },
): Promise<LifeEvent[]> {
  const places = [environment, ...stages];
  const rows = await source.sql<Row[]>`
    SELECT * FROM events_index
    WHERE digest = ${digest} AND position <= ${position} AND (type || '') <> 'ChangeRefused.v1'
      AND ((type || '') IN ('ArtifactBaked.v1', 'AttestationRecorded.v1', 'ArtifactRevoked.v1')
        OR ((environment || '') IN (${() => places}) AND ((environment || '') <> ${environment} OR service = ${service})))
    ORDER BY position ${() => (order === 'asc' ? 'ASC' : 'DESC')} LIMIT ${limit}`;
  return rows.map(lifeEvent);
}

/** The events at these positions, by position. */
export async function eventsAt(source: DataSource, positions: readonly number[]): Promise<Map<number, LifeEvent>> {
  if (positions.length === 0) return new Map();
  const rows = await source.sql<Row[]>`
    SELECT * FROM events_index WHERE position IN (${() => [...new Set(positions)]})`;
  return new Map(rows.map((row) => [toNumber(row.position), lifeEvent(row)]));
}

function lifeEvent({ change_id, recorded_at, occurred_at, position, revision, ...row }: Row): LifeEvent {
  return {
    ...row,
    position: toNumber(position),
    revision: toNumber(revision),
    changeId: change_id,
    recordedAt: recorded_at,
    occurredAt: occurred_at,
  };
}
