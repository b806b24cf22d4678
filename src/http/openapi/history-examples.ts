import { AT, CHANGE, CHANGE_ID, DIGEST, EVENT_ID, OLD_DIGEST, POLICY } from './examples.js';
import { KEY_ID } from './pipeline-examples.js';

const COMMIT = '8f3c1d2';
const REPOSITORY = 'https://git.example/payments';
const CHANGE_LINK = { changeId: CHANGE_ID, link: `/v1/changes/${CHANGE_ID}` };
const SAID = { eventId: EVENT_ID, position: 1040, link: `/v1/events/${EVENT_ID}` };
const NEEDS_APPROVALS = {
  recorded: false,
  needs: 'Approvals as events of the environment (ChangeApproved), bound to digest, environment and policy revision.',
};
const SOURCE = { repository: REPOSITORY, commit: COMMIT, ref: 'refs/tags/v2.14.0', author: 'dev-17' };
const RUN = { position: 1030, digest: DIGEST, runId: '4711', version: '2.14.0', pipeline: 'payments', recordedAt: AT };
const SCAN = {
  ...{ type: 'vulnerability-scan', result: 'passed', occurredAt: AT, recordedAt: AT, pipeline: 'payments' },
  ...{ proof: 'signed', predicateType: 'https://in-toto.io/attestation/vulns/v0.2', signedBy: `key ${KEY_ID}` },
};
const STAY = {
  environment: 'production',
  service: 'payments-api',
  since: AT,
  sinceOccurredAt: AT,
  changeId: CHANGE_ID,
  status: 'live',
};
const LIVE = { environment: 'production', service: 'payments-api', digest: DIGEST, since: AT, changeId: CHANGE_ID };
const ARTIFACT = { digest: DIGEST, component: 'payments-api', version: '2.14.0', layer: 'application' };

const DOSSIER = {
  position: 1042,
  ...CHANGE,
  identities: {
    author: { subject: 'dev-17', ...SAID },
    builder: { pipeline: 'payments', run: { id: '4711' }, triggeredBy: 'dev-17', ...SAID },
    approvers: NEEDS_APPROVALS,
    promoter: { subject: 'payments-ci', pipeline: 'payments', channel: 'api', type: 'PromotionStarted.v1', ...SAID },
  },
  artifact: {
    ...ARTIFACT,
    kind: 'container-image',
    source: SOURCE,
    pipeline: 'payments',
    runs: [RUN],
    proof: 'token',
    lineage: [],
    bakedAt: AT,
    knownAtDecision: true,
    bakedBy: SAID,
    links: { artifact: `/v1/artifacts/${DIGEST}`, trace: `/v1/trace/artifacts/${DIGEST}` },
  },
  evidence: {
    knownAt: { position: 1042, by: 'end' },
    attestations: [{ ...SCAN, saidBy: SAID }],
    later: 0,
    more: 0,
    required: [{ type: 'vulnerability-scan', proof: 'signed', pipelines: ['payments'], met: true, by: SCAN }],
  },
  policy: { environment: 'production', revision: 4, policy: POLICY, setBy: 'admin', setAt: AT, saidBy: SAID },
  replacement: {
    ...ARTIFACT,
    digest: OLD_DIGEST,
    version: '2.13.2',
    since: AT,
    sinceOccurredAt: AT,
    change: CHANGE_LINK,
    happened: true,
    difference: [{ field: 'version', from: '2.13.2', to: '2.14.0' }],
  },
  soak: {
    environment: 'staging',
    required: 'PT24H',
    since: { recordedAt: AT, occurredAt: AT },
    change: CHANGE_LINK,
    saidBy: SAID,
    atStart: { recordedMs: 90_000_000, occurredMs: 90_000_000 },
  },
  timeline: {
    entries: [
      {
        ...{ position: 1042, eventId: EVENT_ID, type: 'ArtifactPromoted.v1', what: 'switched: it takes the traffic' },
        ...{ occurredAt: AT, recordedAt: AT, skewMs: 0, actor: 'payments-ci', isOwn: true },
        link: `/v1/events/${EVENT_ID}`,
      },
    ],
    isCut: false,
  },
  refusals: { about: [], before: [], isCut: false },
  wayBack: {
    status: 'available',
    ...{ digest: OLD_DIGEST, component: 'payments-api', version: '2.13.2', change: CHANGE_LINK },
    how: 'The last known-good one before it: POST /v1/environments/production/rollbacks goes there.',
  },
  incidents: { blaming: [], mended: [], isCut: false },
  controls: { approvedBeforeDeployed: NEEDS_APPROVALS, selfApproval: NEEDS_APPROVALS },
  receipts: [
    {
      ...{ eventId: EVENT_ID, type: 'ArtifactPromoted.v1', stream: 'environment-production', revision: 4 },
      ...{ position: 1042, occurredAt: AT, recordedAt: AT, link: `/v1/events/${EVENT_ID}` },
    },
  ],
};

/** Answers of the dossier, the trace and the search. */
export const HISTORY_ANSWERS = {
  dossier: DOSSIER,
  commitTrace: {
    position: 1042,
    commit: COMMIT,
    repositories: [REPOSITORY],
    artifacts: [
      {
        ...{ ...ARTIFACT, commit: COMMIT, depth: 0, revoked: false, stays: [STAY], refusals: 0 },
        links: { artifact: `/v1/artifacts/${DIGEST}`, changes: `/v1/changes?digest=${encodeURIComponent(DIGEST)}` },
      },
    ],
    live: [LIVE],
    bounds: { artifacts: 200, stays: 50, isCut: false },
  },
  artifactTrace: {
    position: 1042,
    ...ARTIFACT,
    revoked: false,
    source: { ...SOURCE, link: `/v1/trace/commits/${COMMIT}?repository=${encodeURIComponent(REPOSITORY)}` },
    runs: [RUN],
    bases: [{ digest: OLD_DIGEST, revoked: false, known: false }],
    live: [LIVE],
    stays: [STAY],
  },
  search: {
    position: 1042,
    q: 'PAY-12',
    limit: 10,
    groups: [
      {
        kind: 'changes',
        hits: [
          {
            ...{ ...CHANGE_LINK, kind: 'promotion', environment: 'production', ticket: 'PAY-1201' },
            matched: { field: 'ticket', value: 'PAY-1201', exact: false },
          },
        ],
        more: false,
      },
    ],
  },
} as const;
