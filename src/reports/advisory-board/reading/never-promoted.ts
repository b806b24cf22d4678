import type { DataSource } from 'typeorm';
import { readRows } from '../../../views/read-rows.js';
import type { ArtifactFact } from '../facts.js';
import type { ReportScope } from '../scope.js';
import { namesOf } from './artifacts.js';

type Bake = readonly [digest: string, position: number, bakedOccurredAt: string];

/**
 * Artifacts that were baked in the period and have not gone live anywhere by the position; the newest first.
 *
 * Nothing goes live before it is baked, so that the changes since the first of the bakes tell which of them did: one
 * pass over those is quicker than a look for each, for which the effect is hidden from its index.
 */
export async function readNeverPromoted(
  source: DataSource,
  { period: { from, to }, position }: Pick<ReportScope, 'period' | 'position'>,
): Promise<ArtifactFact[]> {
  const bakes = await readRows<Bake>(
    source,
    `SELECT digest, position, baked_occurred_at FROM artifacts
     WHERE baked_occurred_at >= ? AND baked_occurred_at < ? AND position <= ?
     ORDER BY baked_occurred_at DESC, position DESC`,
    [from, to, position],
  );
  const first = bakes.reduce((least, [, at]) => Math.min(least, at), position);
  const switched = await readRows<[digest: string]>(
    source,
    `SELECT digest FROM changes
     WHERE first_position > ? AND first_position <= ? AND (effect || '') = 'switched' AND finished_position <= ?`,
    [first, position, position],
  );
  const promoted = new Set(switched.map(([digest]) => digest));
  const left = bakes.filter(([digest]) => !promoted.has(digest));
  const names = await namesOf(
    source,
    left.map(([digest]) => digest),
  );
  return left.map(([digest, bakedPosition, at]) => {
    const { component = '', version = '' } = names.get(digest) ?? {};
    return {
      ...{ fact: 'artifact', environment: null, service: null, component, digest, version },
      ...{ position: bakedPosition, changeId: null, at, bakedAt: at },
    };
  });
}
