import type { DataSource } from 'typeorm';
import { sqliteHandle } from '../../../views/database.js';
import type { ArtifactFact } from '../facts.js';
import type { ReportScope } from '../scope.js';

type Bake = readonly [digest: string, position: number, bakedOccurredAt: string];

/**
 * Artifacts that were baked in the period and have not gone live anywhere by the position; the newest first.
 *
 * Nothing goes live before it is baked, so that the changes since the first of the bakes tell which of them did: one
 * pass over those is quicker than a look for each.
 */
export function readNeverPromoted(
  source: DataSource,
  { period: { from, to }, position }: Pick<ReportScope, 'period' | 'position'>,
): ArtifactFact[] {
  const database = sqliteHandle(source);
  const bakes = database
    .prepare<unknown[], Bake>(
      `SELECT digest, position, baked_occurred_at FROM artifacts
       WHERE baked_occurred_at >= ? AND baked_occurred_at < ? AND position <= ?
       ORDER BY baked_occurred_at DESC, position DESC`,
    )
    .raw()
    .all(from, to, position);
  const first = bakes.reduce((least, [, at]) => Math.min(least, at), position);
  const promoted = new Set(
    database
      .prepare<unknown[], string>(
        `SELECT digest FROM changes
         WHERE first_position > ? AND first_position <= ? AND +effect = 'switched' AND finished_position <= ?`,
      )
      .pluck()
      .all(first, position, position),
  );
  const names = database
    .prepare<[string], readonly [string, string]>('SELECT component, version FROM artifacts WHERE digest = ?')
    .raw();
  return bakes
    .filter(([digest]) => !promoted.has(digest))
    .map(([digest, bakedPosition, at]) => {
      const [component = '', version = ''] = names.get(digest) ?? [];
      return {
        ...{ fact: 'artifact', environment: null, service: null, component, digest, version },
        ...{ position: bakedPosition, changeId: null, at, bakedAt: at },
      };
    });
}
