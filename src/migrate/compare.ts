import type { EventReader, RecordedEvent } from '../event-store/port.js';
import { leafHash } from '../ledger/leaf.js';
import { CompactRange } from '../ledger/merkle/compact-range.js';

const PAGE = 1_000;
/** Differences that are told one by one: whoever sees so many looks for one cause. */
const TOLD_MAX = 20;

export interface Difference {
  readonly position: number;
  readonly what: string;
}

export interface Comparison {
  /** Events that were compared. */
  readonly events: number;
  readonly differences: number;
  /** The first of them. */
  readonly told: readonly Difference[];
  /** Root of the RFC 6962 tree over the source's leaf hashes, in hex. */
  readonly root: string;
}

type Reader = Pick<EventReader, 'readAll'>;

/**
 * Reads both ledgers in order from the first position to `head` and compares each event's leaf hash, computed from what
 * was read on either side, its position and its place in its stream.
 */
export async function compareLedgers(
  source: Reader,
  target: Reader,
  head: number,
  { onCompared, signal }: { onCompared: (events: number) => void; signal: AbortSignal },
): Promise<Comparison> {
  const root = new CompactRange();
  const told: Difference[] = [];
  let differences = 0;
  let events = 0;
  let ahead = target.readAll(0, PAGE);
  while (events <= head && !signal.aborted) {
    const limit = Math.min(PAGE, head + 1 - events);
    const there = await ahead;
    ahead = target.readAll(events + limit, PAGE);
    ahead.catch(() => undefined);
    for (const [index, event] of (await source.readAll(events, limit)).entries()) {
      const hash = leafHash(event);
      root.add(hash);
      const what = differenceOf(event, hash, there[index]);
      if (what) differences += 1;
      if (what && told.length < TOLD_MAX) told.push({ position: event.position, what });
    }
    events += limit;
    onCompared(events);
  }
  await ahead.catch(() => undefined);
  return { events, differences, told, root: root.root().toString('hex') };
}

function differenceOf(here: RecordedEvent, hash: Buffer, there: RecordedEvent | undefined): string | undefined {
  if (!there) return `${here.id} is not there`;
  if (there.position !== here.position) return `${here.id} is at position ${there.position} there`;
  if (there.id !== here.id) return `${here.id} is ${there.id} there`;
  const other = leafHash(there);
  if (other.equals(hash)) return undefined;
  return `${here.id} has the leaf hash ${hash.toString('hex')} here and ${other.toString('hex')} there`;
}
