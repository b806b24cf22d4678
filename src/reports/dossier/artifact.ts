import type { Ancestor, ArtifactDetails } from '../../views/artifacts/queries.js';
import type { Facts } from './facts.js';
import { bakeEvent } from './identities.js';
import { none, type None, type SaidBy } from './words.js';

/** What was changed to, as far as the ledger knew it. */
export interface ArtifactSection {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly kind: string;
  readonly layer: string;
  readonly source: {
    readonly repository: string;
    readonly commit: string;
    readonly ref?: string;
    readonly author?: string;
    readonly committedAt?: string;
  };
  readonly pipeline: string;
  readonly runs: ArtifactDetails['runs'];
  /** How the pipeline showed that it built this. */
  readonly proof: string;
  readonly base?: string;
  readonly lineage: readonly Ancestor[];
  readonly configuration?: string;
  readonly revoked?: NonNullable<ArtifactDetails['revoked']>;
  readonly bakedAt: string;
  /** Whether it was known when the change was decided: a bake can come after the refusal that asked for it. */
  readonly knownAtDecision: boolean;
  readonly bakedBy: SaidBy;
  readonly links: { readonly artifact: string; readonly trace: string };
}

const MOST_RUNS = 20;

export function artifactOf({ artifact, change, decision }: Facts): ArtifactSection | None {
  if (change.digest === undefined) return none('The command named no artifact.');
  if (!artifact) return none(`No pipeline had baked ${change.digest}.`);
  const { digest, component, version, kind, layer, pipeline, runs, proof, base, lineage, configuration } = artifact;
  const { sourceRef: ref, sourceAuthor: author, sourceCommittedAt: committedAt, revoked, bakedAt } = artifact;
  return {
    ...{ digest, component, version, kind, layer },
    source: {
      repository: artifact.sourceRepository,
      commit: artifact.sourceCommit,
      ...(ref !== undefined && { ref }),
      ...(author !== undefined && { author }),
      ...(committedAt !== undefined && { committedAt }),
    },
    ...{ pipeline, runs: runs.slice(0, MOST_RUNS), proof, lineage, bakedAt },
    ...(base !== undefined && { base }),
    ...(configuration !== undefined && { configuration }),
    ...(revoked && { revoked }),
    knownAtDecision: artifact.position <= decision.position,
    bakedBy: bakeEvent(artifact),
    links: { artifact: `/v1/artifacts/${digest}`, trace: `/v1/trace/artifacts/${digest}` },
  };
}
