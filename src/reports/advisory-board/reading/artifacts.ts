import { In, LessThanOrEqual, type DataSource } from 'typeorm';
import { Artifact, ArtifactAttestation, ArtifactRevocation } from '../../../views/artifacts/entity.js';
import type { ViewQueries } from '../../../views/queries.js';
import { readRows } from '../../../views/read-rows.js';
import type { ArtifactFact } from '../facts.js';
import type { ReportScope } from '../scope.js';

/** As many digests as a query names at once. */
const DIGESTS_A_QUERY = 500;

type Place = Pick<Artifact, 'digest' | 'bakedOccurredAt' | 'base'>;

/** What was live in the report's environments at the moment by the pipelines' clocks, with when it was baked. */
export async function fleetAt(
  { environments, position }: Pick<ReportScope, 'environments' | 'position'>,
  occurredBy: string,
  { source, views }: { source: DataSource; views: ViewQueries },
): Promise<ArtifactFact[]> {
  const fleet: ArtifactFact[] = [];
  for (const { name: environment } of environments) {
    const { services } = await views.knownGood.stateAt(environment, { position, occurredBy });
    const bakes = await bakesOf(
      source,
      services.map(({ digest }) => digest),
      position,
    );
    for (const { service, component, digest, version, sinceOccurredAt: at, changeId } of services) {
      const bakedAt = bakes.get(digest)?.bakedOccurredAt ?? null;
      const artifact = { fact: 'artifact', environment, service, component, digest, version, at, changeId } as const;
      fleet.push({ ...artifact, bakedAt, position: null });
    }
  }
  return fleet;
}

/** The bakes of the digests that were known at the position. */
export function bakesOf(source: DataSource, digests: readonly string[], position: number): Promise<Map<string, Place>> {
  return inParts(digests, async (part) => {
    const found = await source.manager.find(Artifact, {
      select: { digest: true, bakedOccurredAt: true, base: true },
      where: { digest: In(part), position: LessThanOrEqual(position) },
    });
    return found.map((artifact) => [artifact.digest, artifact]);
  });
}

/** What the digests' components and versions are called. */
export function namesOf(
  source: DataSource,
  digests: readonly string[],
): Promise<Map<string, { readonly component: string; readonly version: string }>> {
  return inParts(digests, async (part) => {
    const found = await readRows<[digest: string, component: string, version: string]>(
      source,
      `SELECT digest, component, version FROM artifacts WHERE digest IN (${part.map(() => '?').join(', ')})`,
      part,
    );
    return found.map(([digest, component, version]) => [digest, { component, version }]);
  });
}

/** Revocations of the digests themselves; the first of each. */
export function revocationsOf(
  source: DataSource,
  digests: readonly string[],
  position: number,
): Promise<Map<string, ArtifactRevocation>> {
  return inParts(digests, async (part) => {
    const where = { digest: In(part), position: LessThanOrEqual(position) };
    const found = await source.manager.find(ArtifactRevocation, { where, order: { position: 'DESC' } });
    return found.map((revocation) => [revocation.digest, revocation]);
  });
}

/** The newest result of each type of attestation, by digest: `unit-tests: passed`. */
export async function attestationsOf(
  source: DataSource,
  digests: readonly string[],
  position: number,
): Promise<Map<string, Map<string, string>>> {
  const newest = new Map<string, Map<string, string>>();
  await inParts(digests, async (part) => {
    const where = { digest: In(part), position: LessThanOrEqual(position) };
    const found = await source.manager.find(ArtifactAttestation, { where, order: { position: 'ASC' } });
    for (const { digest, type, result, environment } of found) {
      const types = newest.get(digest) ?? new Map<string, string>();
      newest.set(digest, types.set(environment === null ? type : `${type} in ${environment}`, result));
    }
    return [];
  });
  return newest;
}

/** A later entry of the same key takes the place of an earlier one. */
async function inParts<Value>(
  digests: readonly string[],
  read: (part: string[]) => Promise<[string, Value][]>,
): Promise<Map<string, Value>> {
  const all = [...new Set(digests)].sort();
  const found = new Map<string, Value>();
  for (let start = 0; start < all.length; start += DIGESTS_A_QUERY) {
    for (const [key, value] of await read(all.slice(start, start + DIGESTS_A_QUERY))) found.set(key, value);
  }
  return found;
}
