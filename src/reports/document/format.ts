import type { Cell, Column } from './document.js';
import { visible } from './visible.js';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const DIGEST = /^([a-z0-9]{1,16}):([0-9a-f]{12})[0-9a-f]+$/;

// The locale is fixed: the same report reads the same wherever it is made.
const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** `1,234.5`: at most two decimals. */
export function formatNumber(value: number): string {
  // Adding zero turns a negative zero into a plain one.
  return numbers.format(Number(value.toFixed(2)) + 0);
}

/** `2026-03-02 09:14 UTC`, of any RFC 3339 time; what is none is shown as it is. */
export function formatTime(text: string): string {
  if (!RFC_3339.test(text) || Number.isNaN(Date.parse(text))) return visible(text);
  const utc = new Date(text).toISOString();
  return `${utc.slice(0, 10)} ${utc.slice(11, 16)} UTC`;
}

/** `sha256:0c5a6ff4a8f0…`; what is no digest is shown as it is. */
export function shortDigest(text: string): string {
  const [, algorithm, start] = DIGEST.exec(text) ?? [];
  return start === undefined ? visible(text) : `${algorithm}:${start}…`;
}

/** What a reader sees in a cell: harmless text, but not escaped for any format; empty where there is nothing to say. */
export function cellText(cell: Cell, type: Column['type']): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return formatNumber(cell);
  const text = typeof cell === 'string' ? cell : cell.text;
  if (type === 'time') return formatTime(text);
  return type === 'digest' ? shortDigest(text) : visible(text);
}
