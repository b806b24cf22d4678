import type { RecordedEvent as ServerEvent } from '@eventstore/db-client';
import type { Append, AppendOutcome } from '../port.js';
import { StoreError } from '../port.js';
import type { Connection } from './connection.js';
import { KeyedLock, Slots } from './locks.js';
import type { Places } from './places.js';
import { decodeRecord, encodeRecord } from './records.js';

/** Below what a server allows on one connection (100), so that reads find room. */
const APPENDS_AT_ONCE = 64;

/** An outcome whose event has no position yet, or one that needs none. */
export type Unsequenced =
  | { readonly status: 'appended'; readonly event: AppendedEvent; readonly repeated: boolean }
  | Exclude<AppendOutcome, { status: 'appended' }>;

/** Without `created` for one that was not there a moment ago. */
export type AppendedEvent = Pick<ServerEvent, 'streamId' | 'revision'> & Partial<Pick<ServerEvent, 'created'>>;

/**
 * Appends one event at a time: the server has no append to several streams. Every append names the revision that it
 * expects and goes under the event's own id, so that sending it again does not write it again.
 */
export class Appender {
  private readonly ids = new KeyedLock();
  private readonly slots = new Slots(APPENDS_AT_ONCE);

  constructor(
    private readonly connection: Connection,
    private readonly places: Places,
  ) {}

  append(append: Append): Promise<Unsequenced> {
    return this.ids.run(append.event.id, () => this.slots.run(() => this.appendOne(append)));
  }

  private async appendOne(append: Append): Promise<Unsequenced> {
    const { stream, expectedRevision, event } = append;
    const record = encodeRecord(event);
    const revision = expectedRevision + 1;
    const claim = await this.places.claim(event.id, stream, revision);
    if (claim.status === 'there') return known(claim.event, stream);
    try {
      const written = await this.connection.append(stream, expectedRevision, [record]);
      this.places.settle(event.id, true);
      if ('actualRevision' in written) return { status: 'conflict', actualRevision: written.actualRevision };
    } catch (error) {
      this.places.settle(event.id, !(error instanceof StoreError && error.code === 'unsettled'));
      throw error;
    }
    if (claim.status === 'free') {
      return { status: 'appended', event: { streamId: stream, revision: BigInt(revision) }, repeated: false };
    }
    // Under one id at one revision the server lets the first attempt in, and answers others as if they had been it.
    const [found] = await this.connection.read(stream, { fromRevision: revision, maxCount: 1 });
    if (found?.event?.id !== event.id) return { status: 'conflict', actualRevision: revision };
    const isOurs = Buffer.from(decodeRecord(found.event).salts).equals(event.salts);
    return { status: 'appended', event: found.event, repeated: !isOurs };
  }
}

function known(event: ServerEvent, stream: string): Unsequenced {
  return event.streamId === stream ? { status: 'appended', event, repeated: true } : { status: 'id-taken' };
}
