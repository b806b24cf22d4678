import type { DataSource } from 'typeorm';
import { readRows, type Value } from '../read-rows.js';

/** Names that are looked for at once: a statement takes only so many parameters. */
const NAMES_AT_ONCE = 2_000;

/** What a reader wants the events of. */
export interface Named {
  readonly changeIds: readonly string[];
  readonly digests: readonly string[];
}

/**
 * Positions of all events of the changes by the position (what opened, validated, ended, refused or blamed them), and of
 * those that say what the digests are: bakes, attestations, revocations.
 */
export async function positionsOf(source: DataSource, named: Named, position: number): Promise<number[]> {
  const { changeIds, digests } = named;
  // The concatenation keeps SQLite on the index of the digest: by type it would walk through the whole ledger.
  const facts = `(type || '') IN ('ArtifactBaked.v1', 'AttestationRecorded.v1', 'ArtifactRevoked.v1')`;
  return [
    ...(await positionsIn(source, { from: 'events_index', where: 'change_id', names: changeIds }, position)),
    ...(await positionsIn(source, { from: 'events_index', where: `${facts} AND digest`, names: digests }, position)),
  ];
}

/** Positions of the events by the position that set a policy of these environments, the first one included. */
export const policyPositions = (source: DataSource, environments: readonly string[], position: number) =>
  positionsIn(source, { from: 'environment_policies', where: 'environment', names: environments }, position);

/** Positions of the registrations of these pipelines by the position, suspensions included. */
export const registrationPositions = (source: DataSource, pipelines: readonly string[], position: number) =>
  positionsIn(
    source,
    {
      from: 'events_index',
      where: `type IN ('PipelineRegistered.v1', 'PipelineSuspended.v1', 'PipelineReinstated.v1') AND stream`,
      names: pipelines.map((pipeline) => `pipeline-${pipeline}`),
    },
    position,
  );

/** Pipelines that built these digests by the position. */
export const buildersOf = (source: DataSource, digests: readonly string[], position: number): Promise<string[]> =>
  column<string>(source, { select: 'pipeline', from: 'artifact_runs', where: 'digest', names: digests }, position);

interface Wanted {
  readonly from: string;
  /** The end of a condition, to which the names are added. */
  readonly where: string;
  readonly names: readonly string[];
}

const positionsIn = async (source: DataSource, wanted: Wanted, position: number): Promise<number[]> =>
  (await column<number | string>(source, { ...wanted, select: 'position' }, position)).map(Number);

async function column<Of extends Value>(
  source: DataSource,
  { select, from, where, names }: Wanted & { readonly select: string },
  position: number,
): Promise<Of[]> {
  const found: Of[] = [];
  for (let first = 0; first < names.length; first += NAMES_AT_ONCE) {
    const some = names.slice(first, first + NAMES_AT_ONCE);
    const sql = `SELECT ${select} FROM ${from} WHERE ${where} IN (${some.map(() => '?').join(', ')}) AND position <= ?`;
    for (const [value] of await readRows<[Of]>(source, sql, [...some, position])) found.push(value);
  }
  return found;
}
