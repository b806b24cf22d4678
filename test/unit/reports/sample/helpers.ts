import type { Cell, Counted, Table } from '../../../../src/reports/document/document.js';

const BASE = '/v1/reports/advisory-board';
const QUERY = 'environment=production&from=2026-02-01T00%3A00%3A00.000Z&to=2026-03-01T00%3A00%3A00.000Z&position=4821';

export const digest = (start: string): string => `sha256:${start.padEnd(64, '0c5a6ff4a8f0')}`;

export const counted = (count: number, figure: string): Counted => ({
  count,
  link: `${BASE}/figures/${figure}?${QUERY}`,
});

export const change = (id: string): Cell => ({ text: id, link: `/v1/events/${id}` });

type ColumnSpec = readonly [title: string, type: Table['columns'][number]['type']];

export function table(id: string, caption: string, columns: readonly ColumnSpec[], rows: Table['rows']): Table {
  return { id, caption, columns: columns.map(([title, type]) => ({ title, type })), rows };
}
