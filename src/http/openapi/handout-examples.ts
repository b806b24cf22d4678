import { AT, CHANGE, EVENT_ID, FINGERPRINT, LISTED, WINDOW } from './examples.js';

/** Examples of what is handed out: samples and exports. */
export const HANDOUT_REQUESTS = {
  drawSample: {
    what: 'changes',
    environment: ['production'],
    from: '2026-01-01T00:00:00Z',
    to: '2026-04-01T00:00:00Z',
    size: 25,
    seed: '2026-Q1',
  },
  startEvidence: { environment: ['production'], from: '2026-01-01T00:00:00Z', withhold: ['meta'], asOf: '1042' },
  startExport: { what: 'changes', format: 'csv', environment: ['production'], asOf: '1042' },
} as const;

const SAMPLE = {
  seed: '2026-Q1',
  size: 25,
  query: { environment: ['production'], from: ['2026-01-01T00:00:00.000Z'], to: ['2026-04-01T00:00:00.000Z'] },
  window: { from: '2026-01-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z', clock: 'recorded', on: 'started' },
  asOf: 1042,
  population: { count: 412, hash: FINGERPRINT },
  count: 25,
  isWhole: false,
};
const EXPORT_QUERY = { environment: ['production'] };
const EXPORT_WINDOW = { ...WINDOW, on: 'started' };
const EXPORT = {
  id: EVENT_ID,
  status: 'done',
  what: 'changes',
  format: 'csv',
  query: EXPORT_QUERY,
  window: EXPORT_WINDOW,
  asOf: 1042,
  requestedBy: 'auditor-7',
  requestedAt: AT,
  progress: { rows: 412, total: 412 },
  manifest: {
    file: 'cairn-changes-1042-0197a3c4.csv',
    what: 'changes',
    format: 'csv',
    query: EXPORT_QUERY,
    window: EXPORT_WINDOW,
    asOf: 1042,
    fields: 'all',
    order: 'asc',
    rows: 412,
    population: { count: 412, hash: FINGERPRINT },
    bytes: 98_112,
    sha256: FINGERPRINT,
  },
  event: { eventId: EVENT_ID, position: 1043, recordedAt: AT },
  links: {
    self: `/v1/exports/${EVENT_ID}`,
    content: `/v1/exports/${EVENT_ID}/content`,
    manifest: `/v1/exports/${EVENT_ID}/manifest`,
  },
};
const EVIDENCE_QUERY = { environment: ['production'], from: ['2026-01-01T00:00:00.000Z'], withhold: ['meta'] };
const EVIDENCE_WINDOW = { from: '2026-01-01T00:00:00.000Z', to: null, clock: 'recorded', on: 'started' };
const EVIDENCE_MANIFEST = {
  ...{ file: 'cairn-evidence-1042-0197a3c4.zip', what: 'evidence', format: 'zip', query: EVIDENCE_QUERY },
  ...{
    window: EVIDENCE_WINDOW,
    asOf: 1042,
    rows: 871,
    population: { count: 871, hash: FINGERPRINT, root: FINGERPRINT },
  },
  ...{ bytes: 412_380, sha256: FINGERPRINT },
};
export const HANDOUT_ANSWERS = {
  sample: { ...SAMPLE, items: [{ ...CHANGE, key: FINGERPRINT }] },
  samples: {
    position: 1043,
    ...LISTED,
    items: [{ position: 1043, eventId: EVENT_ID, kind: 'sample', actor: 'auditor-7', recordedAt: AT, facts: SAMPLE }],
  },
  evidence: {
    ...{ ...EXPORT, what: 'evidence', format: 'zip', query: EVIDENCE_QUERY, window: EVIDENCE_WINDOW },
    ...{ progress: { rows: 871, total: 871 }, manifest: EVIDENCE_MANIFEST },
  },
  export: EXPORT,
  exports: {
    position: 1043,
    ...LISTED,
    items: [
      {
        ...{ position: 1043, eventId: EVENT_ID, kind: 'export', actor: 'auditor-7', recordedAt: AT, occurredAt: AT },
        facts: {
          ...{ id: EVENT_ID, what: 'changes', format: 'csv', query: EXPORT_QUERY, position: 1042 },
          ...{ population: { count: 412, hash: FINGERPRINT }, bytes: 98_112, digest: FINGERPRINT },
        },
      },
    ],
  },
  exportManifest: `${FINGERPRINT}  cairn-changes-1042-0197a3c4.csv\n`,
} as const;
