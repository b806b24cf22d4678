import type { Population } from '../facts.js';
import { Sorting } from '../figure.js';
import { secondsBetween } from '../numbers.js';

/** A pipeline that waits for its own end before it tells is no exception. */
export const BACK_DATED_S = 3_600;

/** Accepted changes that the ledger heard of long after they happened. Imports tell history, which is old by nature. */
export function backDated({ changes }: Population): Sorting {
  const sorting = new Sorting();
  for (const change of changes) {
    if (change.ended === 'refused') continue;
    if (secondsBetween(change.occurredAt, change.recordedAt) <= BACK_DATED_S) sorting.leave(change, 'in-time');
    else if (change.channel === 'import') sorting.leave(change, 'import');
    else sorting.count(change, 'back-dated', secondsBetween(change.occurredAt, change.recordedAt));
  }
  return sorting;
}
