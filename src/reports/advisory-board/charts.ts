import type { Chart, Series } from '../document/document.js';
import type { ChangeFact } from './facts.js';
import { median, percentile90 } from './numbers.js';
import { bucketsOf, dayOf, daysTouched, type Period } from './period.js';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

/** Changes by what they are, over time. A series that never occurs is left out. */
export function overTime(
  chart: Pick<Chart, 'id' | 'title'>,
  { period, changes }: { period: Period; changes: readonly ChangeFact[] },
  wordOf: (change: ChangeFact) => string | undefined,
  words: readonly string[],
): Chart {
  const { category, names, nameOf } = bucketsOf(period);
  const index = new Map(names.map((name, at) => [name, at]));
  const series = new Map(words.map((word) => [word, names.map(() => 0)]));
  for (const change of changes) {
    const values = series.get(wordOf(change) ?? '');
    const at = index.get(nameOf(change.occurredAt)) ?? 0;
    if (values) values[at] = (values[at] ?? 0) + 1;
  }
  const present = [...series].filter(([, values]) => values.some((value) => value > 0));
  const shown: Series[] = present.map(([name, values]) => ({ name, values }));
  return { ...chart, kind: 'stacked-bars', category, unit: 'changes', categories: names, series: shown };
}

/** The share of successes in each stretch of time; nothing where nothing was completed. */
export function successTrend(
  { period, changes }: { period: Period; changes: readonly ChangeFact[] },
  completionOf: (change: ChangeFact) => string | undefined,
): Chart {
  const { category, names, nameOf } = bucketsOf(period);
  const counts = new Map(names.map((name) => [name, { ok: 0, all: 0 }]));
  for (const change of changes) {
    const completion = completionOf(change);
    const bucket = counts.get(nameOf(change.occurredAt));
    if (!completion || !bucket) continue;
    bucket.all++;
    if (completion === 'success') bucket.ok++;
  }
  const values = [...counts.values()].map(({ ok, all }) => (all === 0 ? null : Math.round((1_000 * ok) / all) / 10));
  return {
    ...{ id: 'success-trend', title: 'Successful changes', kind: 'line', category, unit: '% of completed' },
    categories: names,
    series: [{ name: 'Successful', values }],
  };
}

export function switchCalendar(period: Period, switches: readonly ChangeFact[]): Chart {
  const days = daysTouched(period);
  const counts = new Map(days.map((day) => [day, 0]));
  for (const { occurredAt } of switches) counts.set(dayOf(occurredAt), (counts.get(dayOf(occurredAt)) ?? 0) + 1);
  return {
    ...{ id: 'switch-calendar', title: 'Switches by day', kind: 'calendar', category: 'Day', unit: 'switches' },
    categories: days,
    series: [{ name: 'Switches', values: days.map((day) => counts.get(day) ?? 0) }],
  };
}

/** Name → seconds that are still in it. */
const LEAD_TIMES: readonly (readonly [string, number])[] = [
  ['under 1 h', HOUR_S],
  ['1 to 4 h', 4 * HOUR_S],
  ['4 to 24 h', DAY_S],
  ['1 to 3 d', 3 * DAY_S],
  ['3 to 7 d', 7 * DAY_S],
  ['1 to 4 weeks', 28 * DAY_S],
  ['over 4 weeks', Infinity],
];

export function leadTimeHistogram(seconds: readonly number[]): Chart {
  const values = LEAD_TIMES.map(() => 0);
  for (const value of seconds) {
    const at = LEAD_TIMES.findIndex(([, end]) => value < end);
    values[at] = (values[at] ?? 0) + 1;
  }
  return {
    ...{ id: 'lead-time-histogram', title: 'Change lead time', kind: 'bars', category: 'Lead time', unit: 'switches' },
    categories: LEAD_TIMES.map(([name]) => name),
    series: [{ name: 'Switches', values }],
  };
}

export function refusalsByReason(counts: ReadonlyMap<string, number>): Chart {
  const sorted = [...counts].sort(([a, most], [b, least]) => least - most || (a < b ? -1 : 1));
  return {
    ...{ id: 'refusals-by-reason', title: 'Refusals by reason', kind: 'bars', category: 'Reason', unit: 'refusals' },
    categories: sorted.map(([reason]) => reason),
    series: [{ name: 'Refusals', values: sorted.map(([, count]) => count) }],
  };
}

/** How long digests stood in the stage before each environment. */
export function soakLanes(lanes: readonly { readonly name: string; readonly seconds: readonly number[] }[]): Chart {
  const hours = (value: number | null): number | null => (value === null ? null : Math.round(value / 36) / 100);
  return {
    ...{ id: 'stage-soak-lanes', title: 'Stage soak', kind: 'bars', category: 'Promotion', unit: 'hours' },
    categories: lanes.map(({ name }) => name),
    series: [
      { name: 'Median', values: lanes.map(({ seconds }) => hours(median(seconds))) },
      { name: '90th percentile', values: lanes.map(({ seconds }) => hours(percentile90(seconds))) },
    ],
  };
}
