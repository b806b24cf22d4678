import { switchesOf, type Population } from '../facts.js';
import { noData, Sorting, type Figure, type Measure } from '../figure.js';
import { formatDuration, median, percentile90, secondsBetween } from '../numbers.js';

/** Median of (switch − source commit). */
export const leadTime: Measure = (population) => durationFigure(leadTimes(population), median, WITHOUT);

export const leadTimeP90: Measure = (population) => durationFigure(leadTimes(population), percentile90, WITHOUT);

const WITHOUT = 'no switch with its commit’s time';

/** Looked at: every switch. */
export function leadTimes(population: Population): Sorting {
  const sorting = new Sorting();
  for (const change of switchesOf(population)) {
    if (change.committedAt === null) sorting.leave(change, 'no-commit-time');
    else if (change.committedAt > change.occurredAt) sorting.leave(change, 'committed-after-switch');
    else sorting.count(change, 'switched', secondsBetween(change.committedAt, change.occurredAt));
  }
  return sorting;
}

/** One number for the durations that were counted. */
export function durationFigure(
  sorting: Sorting,
  summarise: (values: readonly number[]) => number | null,
  without: string,
): Figure {
  const value = summarise(sorting.seconds());
  if (value === null) return noData(without, sorting);
  return { status: 'known', value, display: formatDuration(value), ...sorting };
}
