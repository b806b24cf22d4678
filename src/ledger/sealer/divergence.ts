import { setImmediate } from 'node:timers/promises';
import type { EventReader } from '../../event-store/port.js';
import { rootOf } from '../merkle/prove.js';
import type { SealsReader } from '../seals/reader.js';
import { nodesOf } from '../tree/nodes.js';
import type { TreeReader } from '../tree/reader.js';
import { leafHashOf } from './check-events.js';

const BATCH_EVENTS = 500;

interface Sources {
  readonly events: Pick<EventReader, 'readAll'>;
  readonly seals: SealsReader;
  readonly tree: TreeReader;
}

/** Where a ledger and what was signed of it part, as far as it can be told: a sentence for whoever has to look. */
export async function describeDivergence(sources: Sources): Promise<string> {
  const position = await firstOtherEvent(sources);
  if (position !== undefined) return `The first event that differs from its leaf is at position ${position}.`;
  const { holds, fails } = bracket(sources);
  if (fails === undefined) return 'Up to there, every event is the leaf that the tree has.';
  const from = holds === 0 ? 'from the beginning' : `up to the checkpoint of ${holds} entries all is as it was signed`;
  return `Its tree was lost, so the event cannot be named: ${from}, the checkpoint of ${fails} entries does not hold.`;
}

/** The first event that is not the leaf of its place. Undefined too where the ledger ends before the tree does. */
async function firstOtherEvent({ events, tree }: Sources): Promise<number | undefined> {
  const size = tree.size();
  const leaf = nodesOf((level, index) => tree.tile(level, index), size);
  for (let from = 0; from < size;) {
    const batch = await events.readAll(from, Math.min(BATCH_EVENTS, size - from));
    if (batch.length === 0) return undefined;
    for (const [index, event] of batch.entries()) {
      if (event.position !== from + index || !hashIfSound(event)?.equals(leaf(0, from + index))) return from + index;
    }
    from += batch.length;
    await setImmediate();
  }
  return undefined;
}

/** The last checkpoint that the tree agrees with, 0 for none, and the first that it does not. */
function bracket({ seals, tree }: Sources): { holds: number; fails?: number } {
  const size = tree.size();
  const nodes = nodesOf((level, index) => tree.tile(level, index), size);
  const agrees = (at: number): boolean => seals.seal(at)?.root.equals(rootOf(nodes, at)) ?? false;
  let low = 0;
  let high = seals.last()?.size ?? 0;
  if (high === 0 || (high <= size && agrees(high))) return { holds: high };
  // Checkpoints extend one another: once one does not hold, none after it does.
  for (;;) {
    const next = seals.sealFrom(Math.max(low + 1, Math.ceil((low + high) / 2)))?.size ?? high;
    const candidate = next < high ? next : (seals.sealFrom(low + 1)?.size ?? high);
    if (candidate >= high) return { holds: low, fails: high };
    if (candidate <= size && agrees(candidate)) low = candidate;
    else high = candidate;
  }
}

function hashIfSound(event: Parameters<typeof leafHashOf>[0]): Buffer | undefined {
  try {
    return leafHashOf(event);
  } catch {
    return undefined;
  }
}
