import { KEY_ID, PIPELINE, PIPELINE_REQUESTS } from './pipeline-examples.js';
import { statementExample } from './statement-example.js';

/** Values that the examples of all operations share, so that one reads on from the other. */
export const CHANGE_ID = '5d0c3b1e-8f14-5c6b-9a57-2b1f0c9e7d11';
export const EVENT_ID = '0197a3c4-5d6e-7f80-9123-456789abcdef';
export const AT = '2026-03-02T09:14:05.120Z';

export const DIGEST = 'sha256:0c5a6ff4a8f0b5a1d1f7d3c6f6d0c1c6a1b2c3d4e5f60718293a4b5c6d7e8f90';
export const OLD_DIGEST = 'sha256:9e107d9d372bb6826bd81d3542a419d6a1b2c3d4e5f60718293a4b5c6d7e8f90';
export const FINGERPRINT = '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b';

export const receipt = (stream: string) => ({ eventId: EVENT_ID, stream, revision: 4, position: 1042, recordedAt: AT });

export const POLICY = {
  provenance: 'keyless',
  bases: 'known',
  evidence: [
    { type: 'vulnerability-scan', proof: 'signed', by: ['payments'] },
    { type: 'acceptance-tests', environment: 'staging' },
  ],
  soak: 'PT24H',
  strategies: ['blue-green'],
  atomic: true,
  maxBackdate: 'P1D',
};

export const ENVIRONMENT_STREAM = 'environment-production';
export const changeReceipt = { ...receipt(ENVIRONMENT_STREAM), changeId: CHANGE_ID };

export const REQUESTS = {
  issueToken: { subject: 'payments-ci', role: 'pipeline', pipeline: 'payments', expiresAt: '2099-01-01T00:00:00Z' },
  ...PIPELINE_REQUESTS,
  defineEnvironment: { name: 'production', tier: 'production', promotesFrom: 'staging', policy: POLICY },
  changePolicy: { policy: POLICY, reason: 'A day in staging before production.' },
  bakeArtifact: {
    digest: DIGEST,
    component: 'payments-api',
    version: '2.14.0',
    kind: 'container-image',
    layer: 'application',
    source: {
      repository: 'https://git.example/payments',
      commit: '8f3c1d2',
      ref: 'refs/tags/v2.14.0',
      author: 'dev-17',
    },
    base: OLD_DIGEST,
    run: { id: '4711', url: 'https://ci.example/runs/4711', triggeredBy: 'dev-17' },
  },
  attestArtifact: {
    type: 'vulnerability-scan',
    result: 'passed',
    evidence: { uri: 'https://ci.example/runs/4711/scan.json', digest: OLD_DIGEST },
    statement: statementExample(DIGEST),
  },
  revokeArtifact: { reason: 'CVE-2026-0001 in its TLS library.', severity: 'critical' },
  promote: {
    digest: DIGEST,
    service: 'payments-api',
    strategy: 'blue-green',
    change: { type: 'normal', reason: 'Refunds in two steps.', ticket: 'PAY-1201' },
    basedOn: 3,
    occurredAt: '2026-03-02T09:14:04Z',
  },
  validateCandidate: { result: 'passed', evidence: { uri: 'https://ci.example/runs/4712' } },
  switchTraffic: { reason: 'Smoke tests are green.' },
  abandonPromotion: { reason: 'A newer one is coming.' },
  rollBack: { service: 'payments-api', digest: OLD_DIGEST, reason: 'Refunds fail for some cards.' },
  retire: { service: 'payments-api', digest: OLD_DIGEST, reason: 'A day without need of it.' },
  reportIncident: {
    id: 'INC-4711',
    change: CHANGE_ID,
    severity: 'P2',
    startedAt: '2026-03-02T09:31:00Z',
    ticket: 'INC-4711',
    reason: 'Refunds fail for some cards.',
  },
  issueReport: {
    report: 'advisory-board',
    environments: ['production'],
    from: '2026-02-01T00:00:00Z',
    to: '2026-03-01T00:00:00Z',
    formats: ['html', 'pdf'],
    reason: 'The board of 2 March.',
  },
  resolveIncident: { resolvedAt: '2026-03-02T09:52:00Z', reason: 'Rolled back.' },
} as const;

const SERVICE = {
  service: 'payments-api',
  component: 'payments-api',
  digest: DIGEST,
  version: '2.14.0',
  since: AT,
  changeId: CHANGE_ID,
};
export const WINDOW = { from: null, to: null, clock: 'recorded' };
export const LISTED = { window: WINDOW, count: 1, rowsHash: FINGERPRINT };
export const NEXT = 'WzEwNDIsOTkxLCJoM2YxIl0';
const ENVIRONMENT = {
  name: 'production',
  tier: 'production',
  promotesFrom: 'staging',
  definedAt: AT,
  firstOccurredAt: AT,
  policy: POLICY,
  policyRevision: 4,
};
export const CHANGE = {
  changeId: CHANGE_ID,
  kind: 'promotion',
  environment: 'production',
  service: 'payments-api',
  component: 'payments-api',
  layer: 'application',
  digest: DIGEST,
  version: '2.14.0',
  replaced: OLD_DIGEST,
  type: 'normal',
  strategy: 'blue-green',
  outcome: 'succeeded',
  actor: 'payments-ci',
  pipeline: 'payments',
  channel: 'api',
  startedAt: AT,
  startedOccurredAt: AT,
  finishedAt: AT,
  finishedOccurredAt: AT,
  firstPosition: 1040,
  lastPosition: 1042,
  ticket: 'PAY-1201',
  note: 'Refunds in two steps.',
};
const TOKEN = { id: EVENT_ID, subject: 'payments-ci', role: 'pipeline', pipeline: 'payments', issuedAt: AT };
const EVENT = {
  position: 1042,
  id: EVENT_ID,
  stream: ENVIRONMENT_STREAM,
  revision: 4,
  type: 'ArtifactPromoted.v1',
  occurredAt: AT,
  recordedAt: AT,
  actor: 'payments-ci',
};
const INCIDENT = {
  id: 'INC-4711',
  status: 'resolved',
  severity: 'P2',
  environment: 'production',
  service: 'payments-api',
  changeId: CHANGE_ID,
  startedAt: AT,
  reportedAt: AT,
  resolvedAt: AT,
  actor: 'on-call',
  firstPosition: 1040,
};
const EXCEPTION = {
  position: 1041,
  eventId: EVENT_ID,
  kind: 'policy-loosened',
  environment: 'production',
  actor: 'admin',
  recordedAt: AT,
  occurredAt: AT,
  reason: 'A day is too long for a hotfix.',
  details: ['soak PT24H → PT1H'],
};
const STATE = { environment: 'production', revision: 4, position: 1042, fingerprint: FINGERPRINT };
const ARTIFACT = {
  digest: DIGEST,
  component: 'payments-api',
  version: '2.14.0',
  kind: 'container-image',
  layer: 'application',
  pipeline: 'payments',
};
const ATTESTATION = {
  ...{ position: 1041, digest: DIGEST, type: 'vulnerability-scan', result: 'passed', pipeline: 'payments' },
  ...{ proof: 'signed', predicateType: 'https://in-toto.io/attestation/vulns/v0.2', signerKey: KEY_ID },
  ...{ recordedAt: AT, occurredAt: AT },
};

const ACCESS = {
  sequence: 20514,
  at: AT,
  subject: 'auditor-1',
  role: 'auditor',
  tokenId: EVENT_ID,
  method: 'GET',
  route: '/v1/environments/:environment/known-good',
  path: '/v1/environments/production/known-good?asOf=2026-03-01T00:00:00Z',
  status: 200,
  position: 1042,
  bytes: 312,
  durationMs: 4,
  userAgent: 'curl/8.11.1',
  remoteAddress: '127.0.0.1',
};
const ACCESS_STATUS = { status: 'writing', waiting: 3, lost: 0 };

export const ANSWERS = {
  token: { ...receipt('access-payments-ci'), ...TOKEN, token: 'cairn_…' },
  tokens: { tokens: [TOKEN] },
  pipeline: { position: 1042, ...PIPELINE },
  pipelines: { position: 1042, pipelines: [PIPELINE] },
  environment: { position: 1042, ...ENVIRONMENT },
  environments: { position: 1042, environments: [ENVIRONMENT] },
  policy: { environment: 'production', policy: POLICY, revision: 4, position: 1042, recordedAt: AT, actor: 'admin' },
  artifact: {
    ...{ position: 1042, ...ARTIFACT, proof: 'token', attestations: [ATTESTATION], lineage: [] },
    whereabouts: [{ environment: 'production', status: 'live' }],
  },
  artifacts: { position: 1042, ...LISTED, items: [ARTIFACT], next: NEXT },
  knownGood: { ...STATE, services: [SERVICE] },
  diff: {
    from: { ...STATE, services: 0 },
    to: { ...STATE, services: 1 },
    identical: false,
    added: [SERVICE],
    removed: [],
    changed: [],
  },
  changes: {
    position: 1042,
    ...LISTED,
    total: 1,
    population: { count: 1, hash: FINGERPRINT },
    items: [CHANGE],
    next: NEXT,
  },
  events: { position: 1042, ...LISTED, items: [EVENT], next: NEXT },
  exceptions: { position: 1042, ...LISTED, items: [EXCEPTION], next: NEXT },
  incidents: { position: 1042, ...LISTED, items: [INCIDENT], next: NEXT },
  incident: { position: 1042, ...INCIDENT },
  accessLog: { sequence: 20514, window: WINDOW, items: [ACCESS], next: NEXT },
  event: { ...EVENT, data: { changeId: CHANGE_ID }, remarks: { ticket: 'PAY-1201' }, meta: { channel: 'api' } },
  ready: {
    ...{ status: 'ready', head: 1042, position: 1042, lag: 0, views: { changes: 1042 }, accessLog: ACCESS_STATUS },
    seals: { status: 'sealing', size: 1043 },
  },
} as const;

export const IMPORT_REQUEST = `${JSON.stringify({
  command: 'bake',
  pipeline: 'payments',
  idempotencyKey: 'history-1',
  ...REQUESTS.bakeArtifact,
  occurredAt: '2025-11-03T08:00:00Z',
})}\n`;

export const IMPORT_ANSWER = `${JSON.stringify({ line: 1, status: 'accepted', ...receipt('artifact-sha256-0c5a…') })}\n`;
