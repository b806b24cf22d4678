import { encode } from '../commands/encoding.js';
import { newEventId } from '../commands/event-id.js';
import { decide, type Kept } from '../domain/erasure/decide.js';
import type { RemarksErased } from '../domain/erasure/events.js';
import { ERASURES_STREAM } from '../domain/streams.js';
import type { Eraser } from '../event-store/erase.js';
import type { Appended, RecordedEvent } from '../event-store/port.js';
import { leafHash, remarksHash } from '../ledger/leaf.js';
import { ErasureError } from './errors.js';

export interface ErasurePlan {
  readonly toErase: readonly PlannedErasure[];
  /** Nothing is to be done for these. */
  readonly without: readonly { readonly target: RecordedEvent; readonly why: Exclude<Kept, 'records-an-erasure'> }[];
}

export interface PlannedErasure {
  readonly target: RecordedEvent;
  readonly event: RemarksErased;
}

/**
 * What is to be done about the events of these ids, each once and in their order. Nothing is written.
 *
 * @param reason in words; it stays in the ledger for good
 * @throws ErasureError for an id that no event has, and for an event whose remarks have to stay
 */
export async function planErasures(
  eraser: Pick<Eraser, 'findById'>,
  ids: readonly string[],
  reason: string,
): Promise<ErasurePlan> {
  const toErase: PlannedErasure[] = [];
  const without: ErasurePlan['without'][number][] = [];
  for (const id of new Set(ids)) {
    const target = await eraser.findById(id);
    if (!target) throw new ErasureError('unknown-event', `No event of this ledger has the id ${id}.`);
    const facts = { eventId: id, position: target.position, remarksHash: remarksHash(target) };
    const decision = decide({ facts, remarks: { reason } }, target);
    if (decision.outcome === 'accepted') toErase.push({ target, event: decision.event });
    else if (decision.why !== 'records-an-erasure') without.push({ target, why: decision.why });
    else {
      throw new ErasureError(
        'records-an-erasure',
        `Event ${id} says why other remarks were erased: its own remarks stay.`,
      );
    }
  }
  return { toErase, without };
}

/**
 * Erases the remarks of one event and writes down that they were, both or neither.
 *
 * @param actor pseudonymous subject of who erases
 * @throws ErasureError or StoreError when nothing was written
 */
export function eraseRemarks(
  eraser: Eraser,
  { target, event }: PlannedErasure,
  { actor, now }: { readonly actor: string; readonly now: Date },
): Appended {
  const { position, remarksHash: hash } = event.data;
  assertSameLeaf(target, hash);
  const id = newEventId();
  const decidedAgainst = { [target.stream]: target.revision, [ERASURES_STREAM]: eraser.revisionOf(ERASURES_STREAM) };
  const meta = { channel: 'cli', correlationId: id, decidedAgainst };
  const record = encode(event, { id, occurredAt: now.toISOString(), actor, meta });
  return eraser.erase({ position, remarksHash: hash, record, stream: ERASURES_STREAM });
}

/** What cannot be undone is held against the leaf first. */
function assertSameLeaf(target: RecordedEvent, hash: string): void {
  const salts = Uint8Array.from(target.salts).fill(0, 16, 32);
  if (leafHash({ ...target, remarks: null, remarksHash: hash, salts }).equals(leafHash(target))) return;
  throw new ErasureError('leaf-would-change', `Event ${target.id} would not have the same leaf without its remarks.`);
}
