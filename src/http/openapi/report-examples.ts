import { AT, CHANGE_ID, DIGEST, EVENT_ID, FINGERPRINT, NEXT, WINDOW } from './examples.js';

const REPORT_QUERY = 'environment=production&from=2026-02-01T00%3A00%3A00.000Z&to=2026-03-01T00%3A00%3A00.000Z';
const REPORT_SCOPE = {
  report: 'advisory-board',
  environments: ['production'],
  from: '2026-02-01T00:00:00.000Z',
  to: '2026-03-01T00:00:00.000Z',
  position: 1042,
  definitions: 1,
};
const ISSUED_FILES = {
  address: `cairn:advisory-board?${REPORT_QUERY}&position=1042&definitions=1`,
  digests: { html: FINGERPRINT },
};
const ISSUED = {
  ...{ eventId: EVENT_ID, position: 1043, actor: 'auditor-7', recordedAt: AT, occurredAt: AT },
  ...{ ...REPORT_SCOPE, ...ISSUED_FILES },
};

/** The report in formats that are no JSON; PDF and XLSX are bytes. */
export const REPORT_FILES = {
  'text/html': '<!DOCTYPE html>…',
  'text/csv': '"Change advisory board: production","cairn:advisory-board?…"',
  'text/markdown': '# Change advisory board: production',
  'application/pdf': '%PDF-…',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'PK…',
};

export const REPORT_ANSWERS = {
  report: {
    title: 'Change advisory board: production, 2026-02-01 00:00 UTC to 2026-03-01 00:00 UTC',
    address: REPORT_SCOPE,
    cover: [{ name: 'Ledger position', value: '1,042' }],
    sections: [
      { id: 'summary', title: 'Summary', blocks: [{ kind: 'text', text: 'No change waits for a decision.' }] },
    ],
  },
  figure: {
    ...{ position: 1042, window: { from: REPORT_SCOPE.from, to: REPORT_SCOPE.to, clock: 'occurred' } },
    ...{ definitions: 1, figure: 'change-fail-rate', part: 'counted', environments: ['production'], total: 1 },
    items: [
      {
        ...{ why: 'rolled-back', occurredAt: AT, position: 1042, eventId: EVENT_ID, changeId: CHANGE_ID },
        ...{ environment: 'production', service: 'payments-api', digest: DIGEST },
      },
    ],
    next: NEXT,
  },
  issuedFiles: { ...ISSUED_FILES, links: { html: `/v1/reports/advisory-board?${REPORT_QUERY}&asOf=1042&format=html` } },
  issuedReport: ISSUED,
  issuedReports: { position: 1043, window: WINDOW, items: [ISSUED], next: NEXT },
  reportCheck: { position: 1043, digest: FINGERPRINT, issued: [ISSUED] },
} as const;
