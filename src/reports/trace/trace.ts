import type { ArtifactDetails, ArtifactSummary } from '../../views/artifacts/queries.js';
import type { Whereabouts } from '../../views/known-good/whereabouts.js';
import type { ViewQueries } from '../../views/queries.js';
import { descent, type Reached } from './descent.js';

/** So many artifacts are told of one commit, and of each so many stays. */
const MOST_REACHED = 200;
const MOST_STAYS = 50;

export interface CommitTrace {
  readonly commit: string;
  /** Every repository that the artifacts built from it name. */
  readonly repositories: readonly string[];
  readonly artifacts: readonly TracedArtifact[];
  /** Where something that the commit reached takes traffic. */
  readonly live: readonly LivePlace[];
  readonly bounds: { readonly artifacts: number; readonly stays: number; readonly isCut: boolean };
}

export interface TracedArtifact {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly layer: string;
  readonly commit: string;
  readonly base?: string;
  /** 0: built from the commit; 1: built on such a one; and so on. */
  readonly depth: number;
  readonly revoked: boolean;
  /** Where it is and was, newest first. */
  readonly stays: readonly Whereabouts[];
  /** How often a command about it was refused. */
  readonly refusals: number;
  readonly links: { readonly artifact: string; readonly changes: string };
}

interface LivePlace {
  readonly environment: string;
  readonly service: string;
  readonly digest: string;
  readonly since: string;
  readonly changeId: string;
}

/** Everything that a commit reached; undefined where nothing was built from it by the position. */
export async function traceCommit(
  views: ViewQueries,
  { commit, repository }: { readonly commit: string; readonly repository?: string },
  position: number,
): Promise<CommitTrace | undefined> {
  const filter = { commit: [commit], ...(repository !== undefined && { repository: [repository] }) };
  const { rows: roots } = await views.artifacts.page(filter, { position, limit: MOST_REACHED + 1, order: 'asc' });
  if (roots.length === 0) return undefined;
  const { reached, isCut } = await descent(views, roots, { position, limit: MOST_REACHED });
  const artifacts = await traced(views, reached, position);
  return {
    commit,
    repositories: [...new Set(roots.map(({ sourceRepository }) => sourceRepository))].sort(),
    artifacts,
    live: artifacts.flatMap(({ digest, stays }) => livePlaces(digest, stays)),
    bounds: { artifacts: MOST_REACHED, stays: MOST_STAYS, isCut },
  };
}

async function traced(views: ViewQueries, reached: readonly Reached[], position: number): Promise<TracedArtifact[]> {
  const digests = reached.map(({ artifact }) => artifact.digest);
  const revoked = await views.artifacts.revokedAmong(digests, position);
  const refusals = await views.changes.refusalCounts(digests, position);
  return Promise.all(
    reached.map(async ({ artifact, depth }) => {
      const { digest, component, version, layer, sourceCommit: commit, base } = artifact;
      return {
        ...{ digest, component, version, layer, commit, ...(base !== undefined && { base }), depth },
        revoked: revoked.has(digest),
        stays: await views.knownGood.whereabouts(digest, position, MOST_STAYS),
        refusals: refusals.get(digest) ?? 0,
        links: { artifact: `/v1/artifacts/${digest}`, changes: `/v1/changes?digest=${encodeURIComponent(digest)}` },
      };
    }),
  );
}

export interface ArtifactTrace {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly layer: string;
  readonly revoked: boolean;
  readonly source: TracedSource;
  readonly runs: ArtifactDetails['runs'];
  /** What it was built on, nearest first; of what no pipeline baked only the digest is known. */
  readonly bases: readonly TracedBase[];
  readonly live: readonly LivePlace[];
  readonly stays: readonly Whereabouts[];
}

interface TracedSource {
  readonly repository: string;
  readonly commit: string;
  readonly ref?: string;
  readonly author?: string;
  readonly committedAt?: string;
  readonly link: string;
}

interface TracedBase {
  readonly digest: string;
  readonly revoked: boolean;
  readonly known: boolean;
  readonly component?: string;
  readonly version?: string;
  readonly layer?: string;
  readonly source?: TracedSource;
}

/** From a digest back to its commit, its bases and their commits; undefined where nobody had baked it. */
export async function traceArtifact(
  views: ViewQueries,
  digest: string,
  position: number,
): Promise<ArtifactTrace | undefined> {
  const artifact = await views.artifacts.get(digest, position);
  if (!artifact) return undefined;
  const ancestors = artifact.lineage.map((base) => base.digest);
  const known = await views.artifacts.summaries(ancestors, position);
  const stays = await views.knownGood.whereabouts(digest, position, MOST_STAYS);
  const { component, version, layer, runs, lineage } = artifact;
  return {
    ...{ digest, component, version, layer, revoked: artifact.revoked !== undefined },
    source: sourceOf(artifact),
    runs,
    bases: lineage.map(({ digest: base, revoked }) => baseOf(base, revoked, known.get(base))),
    live: livePlaces(digest, stays),
    stays,
  };
}

function baseOf(digest: string, revoked: boolean, baked: ArtifactSummary | undefined): TracedBase {
  if (!baked) return { digest, revoked, known: false };
  const { component, version, layer } = baked;
  return { digest, revoked, known: true, component, version, layer, source: sourceOf(baked) };
}

function sourceOf(artifact: ArtifactSummary): TracedSource {
  const { sourceRepository: repository, sourceCommit: commit, sourceRef: ref, sourceAuthor: author } = artifact;
  const committedAt = artifact.sourceCommittedAt;
  const link = `/v1/trace/commits/${encodeURIComponent(commit)}?repository=${encodeURIComponent(repository)}`;
  return {
    ...{ repository, commit, ...(ref !== undefined && { ref }), ...(author !== undefined && { author }) },
    ...(committedAt !== undefined && { committedAt }),
    link,
  };
}

const livePlaces = (digest: string, stays: readonly Whereabouts[]): LivePlace[] =>
  stays
    .filter(({ status }) => status === 'live')
    .map(({ environment, service, since, changeId }) => ({ environment, service, digest, since, changeId }));
