import type { Metric, ReportAddress, Tile } from '../document/document.js';
import { DEFINITIONS, type MetricId } from './definitions.js';
import type { Item } from './figure.js';
import { countedBy } from './links.js';
import type { Compared } from './report-data.js';

/** A figure as every renderer shows it. */
export function metricOf(address: ReportAddress, id: MetricId, { current, previous }: Compared): Metric {
  const { title, definition, unit } = DEFINITIONS[id];
  const { status, display, value, numerator, denominator, counted, leftOut } = current;
  return {
    ...{ id, title, definition, status, display, unit, value },
    ...(numerator !== undefined && { numerator }),
    ...(denominator !== undefined && { denominator }),
    ...(previous.status !== 'not-recorded' && { previous: { display: previous.display, value: previous.value } }),
    counted: countedBy(address, id, { count: counted.length, part: 'counted' }),
    leftOut: [...countsByReason(leftOut)].map(([reason, count]) => ({
      reason: wordsOf(reason),
      ...countedBy(address, id, { count, part: 'left-out', reason }),
    })),
  };
}

export function tileOf(id: MetricId, { current, previous }: Compared): Tile {
  const { title } = DEFINITIONS[id];
  const trend = trendOf(id, current.value, previous.value);
  return {
    ...{ title, display: current.display },
    ...(previous.status === 'known' && { previous: previous.display }),
    ...(trend && { trend }),
  };
}

/** How many items have which reason, sorted by reason. */
export function countsByReason(items: readonly Item[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { why } of items) counts.set(why, (counts.get(why) ?? 0) + 1);
  return new Map([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** `no-commit-time` as people read it. */
export const wordsOf = (reason: string): string => reason.replaceAll('-', ' ');

function trendOf(id: MetricId, now: number | null, before: number | null): Tile['trend'] {
  const { better } = DEFINITIONS[id];
  if (better === undefined || now === null || before === null) return undefined;
  if (now === before) return 'same';
  return now > before === (better === 'more') ? 'better' : 'worse';
}
