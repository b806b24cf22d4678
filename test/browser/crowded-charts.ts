import type { Chart } from '../../src/reports/document/document.js';
import { HOSTILE } from '../unit/reports/hostile-document.js';
import { ALL_CHARTS, byOutcome, refusals, successTrend, switchesByDay } from '../unit/reports/sample/charts.js';

/** The chart with so many categories, named by a function of their number. */
function crowded(chart: Chart, count: number, nameOf: (index: number) => string): Chart {
  const categories = Array.from({ length: count }, (_, index) => nameOf(index));
  const series = chart.series.map(({ name }, row) => ({
    name,
    values: categories.map((_, index) => (index * 7 + row * 3) % 13),
  }));
  return {
    ...chart,
    id: `${chart.id}-${count}`,
    title: `${chart.title}, ${count} of ${nameOf(0)}`,
    categories,
    series,
  };
}

const dayOf = (index: number) => new Date(Date.UTC(2025, 2, 1 + index)).toISOString().slice(0, 10);
const weekOf = (index: number) => `2026-W${String(index + 1).padStart(2, '0')}`;
const manySeries = Array.from({ length: 9 }, (_, index) => ({
  name: `series ${index} of some length`,
  values: [index],
}));
// Marks piled upon a letter reach over the line above by their nature.
const drawable = HOSTILE.filter((text) => !text.includes('\u0301'));

/** What a report may come to show in a bad month. */
export const CROWDED_CHARTS: readonly Chart[] = [
  ...ALL_CHARTS,
  ...[3, 20, 39, 80, 500].map((count) =>
    crowded(refusals, count, (index) => `a long reason that says it all, ${index}`),
  ),
  ...[5, 9, 12, 52, 200].map((count) => crowded(byOutcome, count, weekOf)),
  ...[7, 31, 90, 365].flatMap((count) => [crowded(successTrend, count, dayOf), crowded(switchesByDay, count, dayOf)]),
  ...(['bars', 'stacked-bars', 'line'] as const).flatMap((kind) => [
    crowded({ ...byOutcome, kind, unit: 'W'.repeat(300) }, drawable.length, (index) => drawable[index] ?? ''),
    { ...crowded(byOutcome, 6, (index) => `service ${index}`), kind, series: manySeries },
    { ...byOutcome, kind, series: [{ name: 'a', values: [12_345_678, 23_456_789.5, 0.5, null, 1] }] },
  ]),
];
