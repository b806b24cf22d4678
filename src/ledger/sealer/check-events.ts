import { LRUCache } from 'lru-cache';
import { SALTS_BYTES, type EventReader, type RecordedEvent } from '../../event-store/port.js';
import { leafText } from '../leaf.js';
import { hashLeaf } from '../merkle/hash.js';
import { isCanonical } from '../verify/canonical.js';
import { isTime } from '../verify/event-rules.js';
import { ErasureChecks } from './check-erasures.js';
import { unsound } from './unsound.js';

/** C2SP tlog-tiles, "Log entries": the length of an entry is 16 bits. */
const LEAF_BYTES_MAX = 65_535;
const STREAMS_REMEMBERED = 10_000;

/** What is looked up about an event besides itself. */
export type EventLookup = Pick<EventReader, 'readAll' | 'readStream' | 'findById' | 'isShared'>;

/** Looks at each event before it becomes a leaf: whether it is whole, and where it should be. */
export class EventChecks {
  private readonly revisions = new LRUCache<string, number>({ max: STREAMS_REMEMBERED });
  private readonly erasures: ErasureChecks;
  private recordedAt = '';

  constructor(private readonly events: EventLookup) {
    this.erasures = new ErasureChecks(events);
  }

  /**
   * The leaf hashes of events in a row.
   *
   * @param isSigned they are under a checkpoint already, whose root says more of them than could be looked up
   * @throws SealError `unsound`
   */
  async leafHashes(events: readonly RecordedEvent[], from: number, isSigned: boolean): Promise<Buffer[]> {
    const hashes: Buffer[] = [];
    for (const [index, event] of events.entries()) {
      // Most events are of a stream that is new or remembered, and nothing is waited for.
      if (!isSigned && this.isUnknown(event)) await this.checkPredecessor(event);
      this.checkPlace(event, from + index);
      checkForm(event);
      if (!isSigned && ErasureChecks.concern(event)) await this.erasures.check(event);
      hashes.push(leafHashOf(event));
    }
    return hashes;
  }

  /** What was seen may not be what the store has now. */
  forget(): void {
    this.revisions.clear();
    this.erasures.forget();
    this.recordedAt = '';
  }

  /** A store that several servers share numbers its streams itself. */
  private isUnknown({ stream, revision }: RecordedEvent): boolean {
    return revision !== 0 && !this.events.isShared && !this.revisions.has(stream);
  }

  /** A gap that came under a checkpoint would be wrong for ever: so it is looked up where it is not remembered. */
  private async checkPredecessor({ position, stream, revision }: RecordedEvent): Promise<void> {
    const [before] = await this.events.readStream(stream, revision - 1, 1);
    if (before?.revision === revision - 1) {
      const recorded = await this.events.findById(before.id);
      if (recorded && recorded.position < position) return;
    }
    throw unsound(position, `it is revision ${revision} of ${stream}, and ${revision - 1} does not come before it`);
  }

  private checkPlace({ position, stream, revision, recordedAt }: RecordedEvent, expected: number): void {
    if (position !== expected) throw unsound(expected, `the store has one at position ${position} in its place`);
    const before = this.revisions.get(stream);
    if (before !== undefined && revision !== before + 1) {
      throw unsound(position, `it is revision ${revision} of ${stream}, after ${before}`);
    }
    if (recordedAt < this.recordedAt)
      throw unsound(position, `it was recorded at ${recordedAt}, before its predecessor`);
    this.revisions.set(stream, revision);
    this.recordedAt = recordedAt;
  }
}

/** What is signed stays: an event that no check will ever take must not come under a checkpoint. */
function checkForm({ position, data, remarks, meta, occurredAt, recordedAt }: RecordedEvent): void {
  for (const [name, text] of Object.entries({ data, remarks, meta })) {
    // Remarks that were erased are looked at as those.
    if (typeof text === 'string' && !isCanonical(text)) throw unsound(position, `its ${name} is no RFC 8785 text`);
  }
  if (!isTime(occurredAt) || !isTime(recordedAt)) throw unsound(position, 'one of its times is none');
}

/** @throws SealError `unsound` */
export function leafHashOf(event: RecordedEvent): Buffer {
  return hashLeaf(leafBytes(event));
}

/** An event's leaf, as the tree has it.
 *
 * @throws SealError `unsound`
 */
export function leafBytes(event: RecordedEvent): string {
  const { position, data, meta, salts } = event;
  if (typeof data !== 'string' || typeof meta !== 'string' || salts.length !== SALTS_BYTES) {
    throw unsound(position, 'its texts or salts are not there');
  }
  const leaf = textOf(event);
  // UTF-8 has at most three bytes for what a string counts as one.
  if (leaf.length * 3 > LEAF_BYTES_MAX && Buffer.byteLength(leaf) > LEAF_BYTES_MAX) {
    throw unsound(position, `its leaf is longer than ${LEAF_BYTES_MAX} bytes`);
  }
  return leaf;
}

function textOf(event: RecordedEvent): string {
  try {
    return leafText(event);
  } catch (error) {
    throw unsound(event.position, (error as Error).message, { cause: error });
  }
}
