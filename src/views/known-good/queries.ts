import type { DataSource } from 'typeorm';
import { toNumber } from '../columns.js';
import { compareCodeUnits } from '../order.js';
import { fingerprintOf } from './fingerprint.js';
import { standingAt, stayAfter, staysBy, type Place, type StandingAt, type Stay } from './service-history.js';
import { whereabouts, type Whereabouts } from './whereabouts.js';

/** More stays of one digest than anybody reads; the newest are answered. */
const MOST_STAYS = 1_000;

/** `position`: what the ledger knew there. `occurredBy`: of that, what had happened by then by the pipelines' clocks. */
export interface Moment {
  readonly position: number;
  readonly occurredBy?: string;
}

export interface LiveService {
  readonly service: string;
  readonly component: string;
  readonly digest: string;
  readonly version: string;
  readonly layer: string;
  /** When the ledger took the switch. */
  readonly since: string;
  readonly sinceOccurredAt: string;
  readonly changeId: string;
  /** Replaced and not yet recycled, oldest first; empty when asked by occurrence. */
  readonly deprecated: readonly string[];
}

export interface KnownGoodState {
  /** Stream revision of the last event that had changed the live set. */
  readonly revision: number;
  readonly fingerprint: string;
  /** Sorted by service. */
  readonly services: readonly LiveService[];
}

export interface Standing {
  readonly sinceRecordedAt: string;
  readonly sinceOccurredAt: string;
}

export interface LiveOnce {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly layer: string;
  readonly changeId: string;
}

interface IntervalRow {
  readonly service: string;
  readonly since_position: number | string;
  readonly since_recorded_at: string;
  readonly since_occurred_at: string;
  readonly revision: number | string;
  readonly digest: string | null;
  readonly component: string;
  readonly version: string;
  readonly layer: string;
  readonly change_id: string;
}

export class KnownGoodQueries {
  constructor(private readonly source: DataSource) {}

  /**
   * What was live in the environment: two seeks a service, however long its history is. Which rows are the newest is
   * found before any is read (`MATERIALIZED`), and `CROSS JOIN` keeps SQLite from reading the history first.
   */
  async stateAt(environment: string, { position, occurredBy }: Moment): Promise<KnownGoodState> {
    const recorded = await this.#newestByPosition(environment, position);
    const newest =
      occurredBy === undefined ? recorded : earlier(recorded, await this.#newestByOccurrence(environment, occurredBy));
    const deprecated =
      occurredBy === undefined ? await this.#deprecatedAt(environment, position) : new Map<string, string[]>();
    const services = newest
      .filter((row) => row.digest !== null)
      .map((row) => liveService(row, deprecated.get(row.service) ?? []))
      .sort((left, right) => compareCodeUnits(left.service, right.service));
    return {
      revision: newest.reduce((revision, row) => Math.max(revision, toNumber(row.revision)), 0),
      fingerprint: fingerprintOf(services),
      services,
    };
  }

  /** Since when the digest has been known-good there without being withdrawn, as far as the view has come. */
  async standing(environment: string, digest: string): Promise<Standing | undefined> {
    const [row] = await this.source.sql<{ since_recorded_at: string; since_occurred_at: string }[]>`
      SELECT since_recorded_at, since_occurred_at FROM known_good_standings
      WHERE environment = ${environment} AND digest = ${digest}`;
    return row && { sinceRecordedAt: row.since_recorded_at, sinceOccurredAt: row.since_occurred_at };
  }

  /** The digest as it last was live under the service, unless it was withdrawn in the environment since. */
  async wasLive(environment: string, service: string, digest: string): Promise<LiveOnce | undefined> {
    const [row] = await this.source.sql<IntervalRow[]>`
      SELECT i.* FROM known_good_intervals i
      JOIN known_good_standings s ON s.environment = i.environment AND s.digest = i.digest
      WHERE i.digest = ${digest} AND i.environment = ${environment} AND i.service = ${service}
      ORDER BY i.since_position DESC LIMIT 1`;
    if (!row) return undefined;
    const { component, version, layer, change_id: changeId } = row;
    return { digest, component, version, layer, changeId };
  }

  /** Since when the digest had been known-good there at the position without being withdrawn. */
  standingAt(environment: string, digest: string, position: number): Promise<StandingAt | undefined> {
    return standingAt(this.source, environment, digest, position);
  }

  /** What the service ran last, as the ledger knew it at the position; newest first. */
  staysBy(place: Place, position: number, limit: number): Promise<Stay[]> {
    return staysBy(this.source, place, position, limit);
  }

  /** What ended the stay that was on at `after`, if anything had by the position. */
  stayAfter(place: Place, after: number, position: number): Promise<Stay | undefined> {
    return stayAfter(this.source, place, after, position);
  }

  /** Where the digest is and was live, as the ledger knew it at the position; newest first, at most `limit` stays. */
  whereabouts(digest: string, position: number, limit = MOST_STAYS): Promise<Whereabouts[]> {
    return whereabouts(this.source, digest, { position, limit });
  }

  #newestByPosition(environment: string, position: number): Promise<IntervalRow[]> {
    return this.source.sql<IntervalRow[]>`
      WITH newest AS MATERIALIZED (
        SELECT s.environment, s.service, (
          SELECT n.since_position FROM known_good_intervals n
          WHERE n.environment = s.environment AND n.service = s.service AND n.since_position <= ${position}
          ORDER BY n.since_position DESC LIMIT 1) AS since_position
        FROM known_good_services s WHERE s.environment = ${environment})
      SELECT i.service, i.since_position, i.since_recorded_at, i.since_occurred_at, i.revision,
             i.digest, i.component, i.version, i.layer, i.change_id
      FROM newest CROSS JOIN known_good_intervals i
      WHERE i.environment = newest.environment AND i.service = newest.service
        AND i.since_position = newest.since_position`;
  }

  #newestByOccurrence(environment: string, occurredBy: string): Promise<IntervalRow[]> {
    return this.source.sql<IntervalRow[]>`
      WITH newest AS MATERIALIZED (
        SELECT s.environment, s.service, (
          SELECT n.since_position FROM known_good_intervals n
          WHERE n.environment = s.environment AND n.service = s.service AND n.since_occurred_at <= ${occurredBy}
          ORDER BY n.since_occurred_at DESC, n.since_position DESC LIMIT 1) AS since_position
        FROM known_good_services s WHERE s.environment = ${environment})
      SELECT i.service, i.since_position, i.since_recorded_at, i.since_occurred_at, i.revision,
             i.digest, i.component, i.version, i.layer, i.change_id
      FROM newest CROSS JOIN known_good_intervals i
      WHERE i.environment = newest.environment AND i.service = newest.service
        AND i.since_position = newest.since_position`;
  }

  async #deprecatedAt(environment: string, position: number): Promise<Map<string, string[]>> {
    const rows = await this.source.sql<{ service: string; digests: string }[]>`
      WITH newest AS MATERIALIZED (
        SELECT s.environment, s.service, (
          SELECT n.since_position FROM known_good_deprecations n
          WHERE n.environment = s.environment AND n.service = s.service AND n.since_position <= ${position}
          ORDER BY n.since_position DESC LIMIT 1) AS since_position
        FROM known_good_services s WHERE s.environment = ${environment})
      SELECT d.service, d.digests
      FROM newest CROSS JOIN known_good_deprecations d
      WHERE d.environment = newest.environment AND d.service = newest.service
        AND d.since_position = newest.since_position`;
    return new Map(rows.map(({ service, digests }) => [service, JSON.parse(digests) as string[]]));
  }
}

/**
 * Along a service's rows neither clock goes back, so what was recorded by then is a beginning of them, and so is what
 * had occurred by then: both hold up to the shorter one's end.
 */
function earlier(recorded: readonly IntervalRow[], occurred: readonly IntervalRow[]): IntervalRow[] {
  const byService = new Map(occurred.map((row) => [row.service, row]));
  return recorded.flatMap((row) => {
    const other = byService.get(row.service);
    if (!other) return [];
    return [toNumber(other.since_position) < toNumber(row.since_position) ? other : row];
  });
}

const liveService = (row: IntervalRow, deprecated: readonly string[]): LiveService => ({
  service: row.service,
  component: row.component,
  digest: row.digest ?? '',
  version: row.version,
  layer: row.layer,
  since: row.since_recorded_at,
  sinceOccurredAt: row.since_occurred_at,
  changeId: row.change_id,
  deprecated,
});
