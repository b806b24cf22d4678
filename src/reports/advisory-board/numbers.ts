import { formatNumber } from '../document/format.js';

export function median(values: readonly number[]): number | null {
  const ordered = sorted(values);
  const middle = Math.floor(ordered.length / 2);
  const upper = ordered[middle];
  const lower = ordered[middle - 1];
  if (upper === undefined) return null;
  return ordered.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/** Nearest rank: the smallest value that at least nine in ten do not pass. */
export function percentile90(values: readonly number[]): number | null {
  return sorted(values)[Math.ceil(0.9 * values.length) - 1] ?? null;
}

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

export const secondsBetween = (earlier: string, later: string): number =>
  (Date.parse(later) - Date.parse(earlier)) / 1_000;

/** `3 of 41 (7.3 %)` */
export const formatRatio = (part: number, whole: number): string =>
  `${formatNumber(part)} of ${formatNumber(whole)} (${percent(part, whole)})`;

/** One decimal, and never 0.0 or 100.0 for what is neither. */
function percent(part: number, whole: number): string {
  const tenths = (1_000 * part) / whole;
  const rounded = Math.round(tenths);
  if (rounded === 0 && part > 0) return '< 0.1 %';
  if (rounded === 1_000 && part < whole) return '> 99.9 %';
  return `${(rounded / 10).toFixed(1)} %`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units: `2 d 4 h`, `45 s`. */
export function formatDuration(exact: number): string {
  const seconds = Math.round(exact);
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  const large = UNITS[first];
  if (!large) return '0 s';
  const small = UNITS[first + 1];
  if (!small) return `${seconds} s`;
  const smallUnits = Math.round(seconds / small[1]);
  const perLarge = large[1] / small[1];
  const [whole, rest] = [Math.floor(smallUnits / perLarge), smallUnits % perLarge];
  return rest === 0 ? `${formatNumber(whole)} ${large[0]}` : `${formatNumber(whole)} ${large[0]} ${rest} ${small[0]}`;
}
