import type { EventReader, Snapshot } from '../../event-store/port.js';
import { canonicalize } from '../canonical.js';
import { decode } from '../encoding.js';
import { environmentFolding } from './foldings.js';
import { environmentSnapshots } from './environment-snapshot.js';

const PAGE = 1_000;

/** How a snapshot compares with what its stream's events fold to. An `ignored` one is of an earlier version. */
export type Refolded = 'same' | 'other' | 'ignored' | 'unknown-version';

/**
 * Folds a stream's events from the first one on, up to a snapshot's revision: the state must be the snapshot's, or
 * decisions would be made on what nobody recorded.
 */
export async function refold(
  reader: Pick<EventReader, 'readStream'>,
  stream: string,
  { revision, version, state: text }: Snapshot,
): Promise<Refolded> {
  const { version: ours, toText } = environmentSnapshots;
  if (version !== ours) return version < ours && version > 0 ? 'ignored' : 'unknown-version';
  let state = environmentFolding.initialState();
  let next = 0;
  while (next <= revision) {
    const page = await reader.readStream(stream, next, Math.min(PAGE, revision + 1 - next));
    if (page.length === 0) return 'other';
    for (const event of page) state = environmentFolding.evolve(state, decode(event));
    next += page.length;
  }
  return isSame(toText(state), text) ? 'same' : 'other';
}

/** The order of an object's keys depends on how often it was kept and read since; what it says does not. */
function isSame(folded: string, kept: string): boolean {
  if (folded === kept) return true;
  try {
    return canonicalize(JSON.parse(folded)) === canonicalize(JSON.parse(kept));
  } catch {
    return false;
  }
}
