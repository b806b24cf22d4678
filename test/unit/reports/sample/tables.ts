import type { Table } from '../../../../src/reports/document/document.js';
import { change, counted, digest, table } from './helpers.js';

export const decisions: Table = table(
  'decisions-requested',
  'Changes that wait for a decision',
  [
    ['Change', 'text'],
    ['Type', 'text'],
    ['Reason', 'text'],
    ['Artifact', 'text'],
    ['Digest', 'digest'],
    ['From → to', 'text'],
    ['Way back', 'digest'],
    ['Requested', 'time'],
  ],
  [
    [
      change('01j9x2-a1'),
      'normal',
      'Invoices are rounded to the cent per line, as the auditors asked for in finding 2026-014',
      'orders-api 2.6.0',
      digest('654e8b559995'),
      'staging → production',
      digest('c4350eb207d7'),
      '2026-02-27T15:19:00.000Z',
    ],
    [
      change('01j9x2-b7'),
      'emergency',
      'Card payments time out',
      'settlement-worker 0.10.3',
      digest('2ec0c5998ed3'),
      'staging → production',
      null,
      '2026-02-28T06:41:00.000Z',
    ],
  ],
);

const REASONS = ['weekly release', 'fewer time-outs', 'new tax rates', 'rollback of 2.4.1', 'dependency updates'];
const OUTCOMES = ['successful', 'successful', 'with issues', 'successful', 'failed'];

export const completed: Table = {
  ...table(
    'completed-changes',
    'Changes completed in the period',
    [
      ['Change', 'text'],
      ['Completed', 'time'],
      ['Service', 'text'],
      ['Version', 'text'],
      ['Digest', 'digest'],
      ['Outcome', 'text'],
      ['Minutes', 'number'],
      ['Reason', 'text'],
    ],
    Array.from({ length: 12 }, (_, index) => [
      change(`01j9w${index}-c${index * 7}`),
      `2026-02-${String(2 * index + 2).padStart(2, '0')}T10:${10 + index}:00.000Z`,
      ['orders-api', 'storefront', 'settlement-worker'][index % 3] ?? null,
      `2.${index}.0`,
      { text: digest(`${(index + 10).toString(16)}4e8b55999`), link: `/v1/artifacts/sha256:${index}` },
      OUTCOMES[index % 5] ?? null,
      index === 4 ? 1_234.5 : 3 * index + 2,
      REASONS[index % 5] ?? null,
    ]),
  ),
  more: counted(29, 'population'),
};

export const exceptions: Table = table(
  'exceptions',
  'Refused, by reason',
  [
    ['Reason', 'text'],
    ['What it means', 'text'],
    ['Refused', 'number'],
    ['Last', 'time'],
  ],
  [
    ['stage-skipped', 'It was never known-good in the stage before', 9, '2026-02-26T10:20:00.000Z'],
    ['artifact-unknown', 'No pipeline baked it', 6, '2026-02-24T17:48:00.000Z'],
    ['soak-too-short', 'It was not known-good in the stage before for long enough', 3, '2026-02-12T08:00:00.000Z'],
  ],
);

export const environments: Table = table(
  'environment-matrix',
  'What is known-good where, and for how many days',
  [
    ['Service', 'text'],
    ['development', 'text'],
    ['days', 'number'],
    ['staging', 'text'],
    ['days', 'number'],
    ['production', 'text'],
    ['days', 'number'],
    ['production digest', 'digest'],
  ],
  [
    ['orders-api', '2.7.0-rc1', 0.4, '2.6.0', 1.2, '2.5.0', 12.1, digest('654e8b559995')],
    ['settlement-worker', '0.11.0', 2, '0.10.3', 1, '0.10.2', 9.3, digest('c4350eb207d7')],
    ['storefront', '5.5.0', 3.1, '5.4.1', 11, '5.4.1', 10.6, digest('2ec0c5998ed3')],
    ['fraud-scoring-model-serving', '2026.02.20', 8, null, null, null, null, null],
  ],
);

export const empty: Table = table(
  'revoked-live',
  'Revoked artifacts that are still live',
  [
    ['Service', 'text'],
    ['Digest', 'digest'],
  ],
  [],
);
