import type { DataSource } from 'typeorm';
import type { ViewQueries } from '../../../views/queries.js';
import { lastMomentOf } from '../period.js';
import type { ReportScope } from '../scope.js';
import { bakesOf, revocationsOf } from './artifacts.js';

/** What runs in a stage at the end of the period. */
export interface StageState {
  readonly environment: string;
  readonly promotesFrom: string | null;
  readonly fingerprint: string;
  /** Service → what is live. */
  readonly live: ReadonlyMap<string, LiveArtifact>;
  /** Replaced and not recycled yet, as known at the position; oldest first. */
  readonly deprecated: readonly { readonly service: string; readonly digest: string }[];
}

export interface LiveArtifact {
  readonly service: string;
  readonly component: string;
  readonly digest: string;
  readonly version: string;
  readonly since: string;
  readonly changeId: string;
  readonly bakedAt: string | null;
}

/** Every stage of the report's environments, in the order of promotion. */
export async function readStages(
  { stages, position, period }: ReportScope,
  { source, views }: { source: DataSource; views: ViewQueries },
): Promise<StageState[]> {
  const states: StageState[] = [];
  for (const { name: environment, promotesFrom } of stages) {
    const state = await views.knownGood.stateAt(environment, { position, occurredBy: lastMomentOf({ ...period }) });
    const known = await views.knownGood.stateAt(environment, { position });
    const digests = state.services.map(({ digest }) => digest);
    const bakes = await bakesOf(source, digests, position);
    const live = state.services.map(({ service, component, digest, version, sinceOccurredAt: since, changeId }) => {
      const bakedAt = bakes.get(digest)?.bakedOccurredAt ?? null;
      return [service, { service, component, digest, version, since, changeId, bakedAt }] as const;
    });
    states.push({
      ...{ environment, promotesFrom: promotesFrom ?? null, fingerprint: state.fingerprint },
      live: new Map(live),
      deprecated: known.services.flatMap(({ service, deprecated }) =>
        deprecated.map((digest) => ({ service, digest })),
      ),
    });
  }
  return states;
}

/** Something live that is revoked, or built on what is. */
export interface RevokedLive {
  readonly environment: string;
  readonly artifact: LiveArtifact;
  /** What was revoked: the artifact itself, or one of its bases. */
  readonly revoked: string;
  readonly revokedAt: string;
  readonly severity: string;
  readonly reason: string | null;
}

/** A chain of bases is followed so far. */
const MOST_BASES = 64;

export async function readRevokedLive(
  states: readonly StageState[],
  environments: ReadonlySet<string>,
  { source, position }: { source: DataSource; position: number },
): Promise<RevokedLive[]> {
  const live = states
    .filter(({ environment }) => environments.has(environment))
    .flatMap((state) => [...state.live.values()].map((artifact) => ({ environment: state.environment, artifact })));
  const found: RevokedLive[] = [];
  /** Where each one's chain of bases has come to. */
  let open = live.map((place) => ({ ...place, at: place.artifact.digest }));
  for (let depth = 0; open.length > 0 && depth < MOST_BASES; depth++) {
    const digests = open.map(({ at }) => at);
    const revocations = await revocationsOf(source, digests, position);
    for (const { environment, artifact, at } of open) {
      const revocation = revocations.get(at);
      if (!revocation) continue;
      const { occurredAt: revokedAt, severity, reason } = revocation;
      found.push({ environment, artifact, revoked: at, revokedAt, severity, reason });
    }
    const bakes = await bakesOf(source, digests, position);
    open = open.flatMap((place) => {
      const base = revocations.has(place.at) ? null : (bakes.get(place.at)?.base ?? null);
      return base === null ? [] : [{ ...place, at: base }];
    });
  }
  return found;
}
