import type { DataSource } from 'typeorm';

export interface Whereabouts {
  readonly environment: string;
  readonly service: string;
  readonly since: string;
  readonly sinceOccurredAt: string;
  readonly until?: string;
  readonly untilOccurredAt?: string;
  readonly endedBy?: 'replaced' | 'rolled-back' | 'retired';
  readonly changeId: string;
  /** `deprecated`: it takes no traffic any more and is not yet recycled. */
  readonly status: 'live' | 'deprecated' | 'ended';
}

interface StayRow {
  readonly environment: string;
  readonly service: string;
  readonly since_recorded_at: string;
  readonly since_occurred_at: string;
  readonly change_id: string;
  readonly until: string | null;
  readonly until_occurred_at: string | null;
  readonly ended_by: 'replaced' | 'rolled-back' | 'retired' | null;
  readonly deprecated: string | null;
}

/** Where the digest is and was live, as the ledger knew it at the position; newest first. */
export async function whereabouts(
  source: DataSource,
  digest: string,
  { position, limit }: { readonly position: number; readonly limit: number },
): Promise<Whereabouts[]> {
  const rows = await source.sql<StayRow[]>`
    SELECT i.environment, i.service, i.since_recorded_at, i.since_occurred_at, i.change_id,
           n.since_recorded_at AS until, n.since_occurred_at AS until_occurred_at, n.ended_before AS ended_by,
           (SELECT d.digests FROM known_good_deprecations d
            WHERE d.environment = i.environment AND d.service = i.service AND d.since_position <= ${position}
            ORDER BY d.since_position DESC LIMIT 1) AS deprecated
    FROM known_good_intervals i
    LEFT JOIN known_good_intervals n ON n.environment = i.environment AND n.service = i.service
      AND n.since_position = (
        SELECT x.since_position FROM known_good_intervals x
        WHERE x.environment = i.environment AND x.service = i.service
          AND x.since_position > i.since_position AND x.since_position <= ${position}
        ORDER BY x.since_position LIMIT 1)
    WHERE i.digest = ${digest} AND i.since_position <= ${position}
    ORDER BY i.since_position DESC LIMIT ${limit}`;
  const seen = new Set<string>();
  return rows.map((row) => {
    const place = `${row.environment}\u0000${row.service}`;
    const isNewest = !seen.has(place);
    seen.add(place);
    return stayOf(row, isNewest && isAmong(row.deprecated, digest));
  });
}

const isAmong = (digests: string | null, digest: string): boolean =>
  digests !== null && (JSON.parse(digests) as string[]).includes(digest);

function stayOf(row: StayRow, isDeprecated: boolean): Whereabouts {
  const { environment, service, until, until_occurred_at: untilOccurredAt, ended_by: endedBy } = row;
  const stay = {
    ...{ environment, service, since: row.since_recorded_at, sinceOccurredAt: row.since_occurred_at },
    changeId: row.change_id,
  };
  if (until === null || untilOccurredAt === null) return { ...stay, status: 'live' };
  const status = isDeprecated ? 'deprecated' : 'ended';
  return { ...stay, until, untilOccurredAt, ...(endedBy !== null && { endedBy }), status };
}
