import type { DataSource } from 'typeorm';
import { readRows } from '../../views/read-rows.js';
import type { Period } from './period.js';
import type { ReportScope } from './scope.js';

const MINUTE_MS = 60_000;

/**
 * The time of which the ledger can tell whether something was switched: from when the first of the environments was
 * defined, or from the first change that was told of one, to the end of the minute of the position's event.
 */
export async function knownTime(
  { environments, position, recordedAt }: Pick<ReportScope, 'environments' | 'position' | 'recordedAt'>,
  source: DataSource,
): Promise<Period> {
  const beginnings: string[] = [];
  for (const { name, firstOccurredAt } of environments) {
    const [firstEnd] = await readRows<[string]>(
      source,
      `SELECT finished_occurred_at FROM changes
       WHERE environment = ? AND finished_occurred_at IS NOT NULL AND finished_position <= ?
       ORDER BY finished_occurred_at LIMIT 1`,
      [name, position],
    );
    beginnings.push(firstOccurredAt, firstEnd?.[0] ?? firstOccurredAt);
  }
  const end = (Math.floor(Date.parse(recordedAt) / MINUTE_MS) + 1) * MINUTE_MS;
  return { from: beginnings.sort()[0] ?? recordedAt, to: new Date(end).toISOString() };
}

/** What both have in common; null where that is nothing. */
export function overlapOf(left: Period, right: Period): Period | null {
  const from = left.from > right.from ? left.from : right.from;
  const to = left.to < right.to ? left.to : right.to;
  return from < to ? { from, to } : null;
}
