import type { DataSource } from 'typeorm';
import { toNumber } from '../../../views/columns.js';
import type { ArtifactFact } from '../facts.js';
import type { ReportScope } from '../scope.js';

interface BakeSql {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly position: number | string;
  readonly baked_occurred_at: string;
}

/** Artifacts that were baked in the period and have not gone live anywhere by the position; the newest first. */
export async function readNeverPromoted(
  source: DataSource,
  { period: { from, to }, position }: Pick<ReportScope, 'period' | 'position'>,
): Promise<ArtifactFact[]> {
  const rows = await source.sql<BakeSql[]>`
    SELECT a.digest, a.component, a.version, a.position, a.baked_occurred_at FROM artifacts a
    WHERE a.baked_occurred_at >= ${from} AND a.baked_occurred_at < ${to} AND a.position <= ${position}
      AND NOT EXISTS (
        SELECT 1 FROM known_good_intervals i WHERE i.digest = a.digest AND i.since_position <= ${position})
    ORDER BY a.baked_occurred_at DESC, a.position DESC`;
  return rows.map(({ digest, component, version, position: bake, baked_occurred_at: at }) => ({
    ...{ fact: 'artifact', environment: null, service: null, component, digest, version },
    ...{ position: toNumber(bake), changeId: null, at, bakedAt: at },
  }));
}
