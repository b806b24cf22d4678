/**
 * The second opinion on the report: the numbers of one period, worked out from the raw rows on plain maps. It shares no
 * code with the product, on purpose.
 */
import { StraightLine, type Row } from './straight-line.js';

export interface Delivery {
  readonly switches: number;
  readonly refused: number;
  readonly commands: number;
  readonly quietDays: number;
  /** Of the period, since the first row; with fractions. */
  readonly days: number;
  readonly daysTouched: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** Seconds, in no order. */
  readonly soaks: readonly number[];
  readonly liveBakes: readonly number[];
}

const DAY_MS = 86_400_000;

/** What happened in one environment from `from` until before `to`, of rows in their order. */
export function deliveryOf(
  rows: readonly Row[],
  {
    stages,
    environment,
    from,
    to,
  }: { stages: Record<string, string | undefined>; environment: string; from: string; to: string },
): Delivery {
  const line = new StraightLine(stages);
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const before = stages[environment];
  const knownGood = new Map<string, number>();
  const baked = new Map<string, number>();
  const live = new Map<string, string>();
  const counts = { switches: 0, refused: 0, commands: 0 };
  const reasons: Record<string, number> = {};
  const soaks: number[] = [];
  const busy = new Set<number>();
  for (const row of rows) {
    const time = Date.parse(row.time);
    const wasLive = line.state(row.environment).live.get(row.service)?.digest;
    const reason = line.next(row);
    const { digest } = row;
    if (row.bakes && digest !== undefined && !baked.has(digest)) baked.set(digest, time);
    const isHere = row.environment === environment;
    const isNow = isHere && time >= start && time < end;
    if (isNow) counts.commands++;
    if (reason !== undefined) {
      if (isNow) counts.refused++;
      if (isNow) reasons[reason] = (reasons[reason] ?? 0) + 1;
      continue;
    }
    if (isHere && time < end) {
      if (digest === undefined) live.delete(row.service);
      else live.set(row.service, digest);
    }
    if (digest === undefined || wasLive === digest) continue;
    if (row.environment === before && !knownGood.has(digest)) knownGood.set(digest, time);
    if (!isNow) continue;
    counts.switches++;
    busy.add(Math.floor(time / DAY_MS));
    const since = knownGood.get(digest);
    if (since !== undefined) soaks.push((time - since) / 1_000);
  }
  // Nothing is known of the time before the first row.
  const known = Math.max(start, Date.parse(rows[0]?.time ?? from));
  const days = (end - known) / DAY_MS;
  const daysTouched = Math.ceil(end / DAY_MS) - Math.floor(known / DAY_MS);
  const liveBakes = [...live.values()].flatMap((digest) => baked.get(digest) ?? []);
  return { ...counts, reasons, soaks, days, daysTouched, quietDays: daysTouched - busy.size, liveBakes };
}

/** The middle one, or the mean of the two in the middle. */
export function middle(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const half = ordered.length / 2;
  return Number.isInteger(half)
    ? ((ordered[half - 1] ?? NaN) + (ordered[half] ?? NaN)) / 2
    : (ordered[Math.floor(half)] ?? NaN);
}

/** The first of those in order that nine tenths of all are not above. */
export function nineTenths(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered.find((_value, index) => (index + 1) * 10 >= ordered.length * 9) ?? NaN;
}
