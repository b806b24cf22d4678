import { invalidRequest } from '../input/read-dto.js';
import { normaliseTime } from '../input/time.js';

/** The window that a list was read over; null where it has no end. */
export interface Window {
  readonly from: string | null;
  readonly to: string | null;
  readonly clock: 'recorded' | 'occurred';
  /** Which end of a change is looked at. */
  readonly on?: 'started' | 'finished';
}

interface AskedWindow {
  readonly clock?: string;
  readonly from?: string;
  readonly to?: string;
}

/** @throws HttpProblem for a window that ends before it begins */
export function windowOf({ clock, from, to }: AskedWindow): Window {
  const start = (from && normaliseTime(from)) ?? null;
  const end = (to && normaliseTime(to)) ?? null;
  if (start && end && start >= end) throw invalidRequest([{ field: 'from', detail: 'must be before to' }]);
  return { from: start, to: end, clock: clock === 'occurred' ? 'occurred' : 'recorded' };
}

/** The window as views take it. */
export const boundsOf = ({ clock, from, to }: Window) => ({ clock, ...(from && { from }), ...(to && { to }) });
