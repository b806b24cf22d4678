import type {
  FoundArtifact,
  FoundChange,
  FoundEnvironment,
  FoundIncident,
  FoundPipeline,
  SearchQueries,
} from '../../views/search/queries.js';
import type { SearchBounds, Seen } from '../../views/search/seek.js';
import { defined } from '../mapping/defined.js';
import type { Terms } from './terms.js';

/** Why something was found. */
interface Matched {
  readonly field: string;
  readonly value: string;
}

export interface Hit {
  /** Names it within its group, so that what is found by two fields is told once. */
  readonly key: string;
  readonly matched: Matched;
  /** Path of the API that tells more. */
  readonly link: string;
  readonly facts: object;
}

export interface Group {
  readonly hits: readonly Hit[];
  readonly more: boolean;
}

type Look = (queries: SearchQueries, terms: Terms, bounds: SearchBounds) => Promise<Group>;

/** Every kind of thing that can be found, in the order in which a reader sees them. */
export const GROUPS: Readonly<Record<string, Look>> = {
  artifacts: async (queries, terms, bounds) =>
    joined([
      asHits('digest', await queries.artifacts('digest', terms.digests, bounds), artifactHit),
      asHits('version', await queries.artifacts('version', terms.versions, bounds), artifactHit),
      asHits('ref', await queries.artifacts('source_ref', terms.refs, bounds), artifactHit),
    ]),
  commits: async (queries, terms, bounds) =>
    asHits('commit', await queries.artifacts('source_commit', terms.text, bounds), commitHit),
  components: async (queries, terms, bounds) =>
    asHits('component', await queries.artifacts('component', terms.text, { ...bounds, perValue: 1 }), componentHit),
  services: async (queries, terms, bounds) =>
    asHits('service', await queries.changes('service', terms.text, { ...bounds, perValue: 1 }), serviceHit),
  changes: async (queries, terms, bounds) =>
    joined([
      asHits('changeId', await queries.changes('change_id', terms.ids, bounds), changeHit),
      asHits('ticket', await queries.changes('ticket', terms.text, bounds), changeHit),
    ]),
  refusedDigests: async (queries, terms, bounds) => refusedDigests(queries, terms, bounds),
  incidents: async (queries, terms, bounds) =>
    joined([
      asHits('id', await queries.incidents('id', terms.text, bounds), incidentHit),
      asHits('ticket', await queries.incidents('ticket', terms.text, bounds), incidentHit),
    ]),
  pipelines: async (queries, terms, bounds) =>
    asHits('id', await queries.pipelines(terms.text, { ...bounds, perValue: 1 }), pipelineHit),
  environments: async (queries, terms, bounds) =>
    asHits('name', await queries.environments(terms.text, bounds), environmentHit),
};

/** Digests that no pipeline baked are in the ledger too: somebody tried to promote them. */
async function refusedDigests(queries: SearchQueries, terms: Terms, bounds: SearchBounds): Promise<Group> {
  const seen = await queries.changes('digest', terms.digests, { ...bounds, perValue: 1 });
  const unbaked = await Promise.all(
    seen.found.map(async ({ value }) => {
      const { found } = await queries.artifacts('digest', [value], { position: bounds.position, limit: 1 });
      return found.length === 0;
    }),
  );
  return asHits('digest', { ...seen, found: seen.found.filter((_, index) => unbaked[index]) }, refusedDigestHit);
}

type HitOf<Row> = (row: Row) => Omit<Hit, 'matched'>;

function asHits<Row>(field: string, { found, more }: Seen<Row>, hitOf: HitOf<Row>): Group {
  return { hits: found.map(({ row, value }) => ({ ...hitOf(row), matched: { field, value } })), more };
}

const joined = (groups: readonly Group[]): Group => ({
  hits: groups.flatMap(({ hits }) => hits),
  more: groups.some(({ more }) => more),
});

const artifactHit: HitOf<FoundArtifact> = (row) => ({
  key: row.digest,
  link: `/v1/artifacts/${row.digest}`,
  facts: defined({
    digest: row.digest,
    component: row.component,
    version: row.version,
    ref: row.source_ref ?? undefined,
    bakedAt: row.baked_at,
  }),
});

const commitHit: HitOf<FoundArtifact> = ({ source_repository: repository, source_commit: commit }) => ({
  key: `${commit} ${repository}`,
  link: `/v1/trace/commits/${encodeURIComponent(commit)}?repository=${encodeURIComponent(repository)}`,
  facts: { commit, repository },
});

const componentHit: HitOf<FoundArtifact> = ({ component, version, digest }) => ({
  key: component,
  link: `/v1/artifacts?component=${encodeURIComponent(component)}`,
  facts: { component, newest: { version, digest } },
});

const serviceHit: HitOf<FoundChange> = ({ service, environment, change_id: changeId }) => ({
  key: service ?? '',
  link: `/v1/changes?service=${encodeURIComponent(service ?? '')}`,
  facts: { service, newest: defined({ changeId, environment: environment ?? undefined }) },
});

const changeHit: HitOf<FoundChange> = (row) => ({
  key: row.change_id,
  link: `/v1/changes/${row.change_id}`,
  facts: defined({
    changeId: row.change_id,
    kind: row.kind,
    environment: row.environment ?? undefined,
    service: row.service ?? undefined,
    version: row.version ?? undefined,
    digest: row.digest ?? undefined,
    refused: row.reason ?? undefined,
    ticket: row.ticket ?? undefined,
    startedAt: row.started_at,
  }),
});

const refusedDigestHit: HitOf<FoundChange> = ({ digest, reason }) => ({
  key: digest ?? '',
  link: `/v1/changes?digest=${encodeURIComponent(digest ?? '')}`,
  facts: defined({ digest, refused: reason ?? undefined }),
});

const incidentHit: HitOf<FoundIncident> = (row) => ({
  key: row.id,
  link: `/v1/incidents/${encodeURIComponent(row.id)}`,
  facts: defined({
    id: row.id,
    severity: row.severity,
    environment: row.environment ?? undefined,
    service: row.service ?? undefined,
    ticket: row.ticket ?? undefined,
    reportedAt: row.reported_at,
  }),
});

const pipelineHit: HitOf<FoundPipeline> = ({ id, name, status }) => ({
  key: id,
  link: `/v1/pipelines/${encodeURIComponent(id)}`,
  facts: { id, name, status },
});

const environmentHit: HitOf<FoundEnvironment> = ({ name, tier }) => ({
  key: name,
  link: `/v1/environments/${encodeURIComponent(name)}`,
  facts: { name, tier },
});
