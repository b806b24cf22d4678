import type { EventData, RecordedEvent as ServerEvent } from '@eventstore/db-client';
import type { Append, AppendOutcome } from '../port.js';
import { StoreError } from '../port.js';
import type { Connection } from './connection.js';
import { KeyedLock, Slots } from './locks.js';
import type { Claim, Places } from './places.js';
import { decodeRecord, encodeRecord } from './records.js';

/** Below what a server allows on one connection (100), so that reads find room. */
const APPENDS_AT_ONCE = 64;
/** Appends of one call that are looked into while those before them are written. */
const PREPARED_AHEAD = 16;

/** An outcome whose event has no position yet, or one that needs none. */
export type Unsequenced =
  | { readonly status: 'appended'; readonly event: AppendedEvent; readonly repeated: boolean }
  | Exclude<AppendOutcome, { status: 'appended' }>;

/** Without `created` for one that was not there a moment ago. */
export type AppendedEvent = Pick<ServerEvent, 'streamId' | 'revision'> &
  Partial<Pick<ServerEvent, 'created' | 'metadata'>>;

/** An append that waits for its turn. One of the two is to be called, so that the next one of its id can go on. */
interface Prepared {
  write(): Promise<Unsequenced>;
  callOff(): void;
}

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

  /**
   * One append after the other up to the first that does not get in. When the server goes away half way through, what
   * got in is answered and the rest was not attempted.
   *
   * @throws StoreError `unavailable` when nothing of it was written, `unsettled` when that is not known
   */
  async appendInOrder(appends: readonly Append[]): Promise<Unsequenced[]> {
    const outcomes: Unsequenced[] = [];
    const prepared: Prepared[] = [];
    try {
      for (const index of appends.keys()) {
        const ahead = appends.slice(prepared.length, index + PREPARED_AHEAD);
        prepared.push(...ahead.map((append) => this.prepare(append)));
        const outcome = await prepared[index]?.write();
        if (outcome) outcomes.push(outcome);
        if (outcome?.status !== 'appended') break;
      }
    } catch (error) {
      if (outcomes.length === 0 || (error instanceof StoreError && error.code !== 'unavailable')) throw error;
    } finally {
      for (const each of prepared) each.callOff();
    }
    return appends.map((_, index) => outcomes[index] ?? { status: 'not-attempted' });
  }

  /** Begins an append whose turn comes later: that its id is free is found out meanwhile. */
  private prepare(append: Append): Prepared {
    let decide: (isItsTurn: boolean) => void = () => undefined;
    const turn = new Promise<boolean>((resolve) => (decide = resolve));
    const outcome = this.ids.run(append.event.id, () => this.appendInTurn(append, turn));
    // Nobody waits for one that is called off.
    outcome.catch(() => undefined);
    const write = (): Promise<Unsequenced> => {
      decide(true);
      return outcome;
    };
    return { write, callOff: () => decide(false) };
  }

  private async appendInTurn(append: Append, turn: Promise<boolean>): Promise<Unsequenced> {
    const { stream, expectedRevision, event } = append;
    const record = encodeRecord(event);
    const claim = await this.slots.run(() => this.places.claim(event.id, stream, expectedRevision + 1));
    if (!(await turn)) return { status: 'not-attempted' };
    if (claim.status === 'there') return known(claim.event, stream);
    return this.slots.run(() => this.write(append, record, claim));
  }

  private async write(
    { stream, expectedRevision, event }: Append,
    record: EventData,
    claim: Claim,
  ): Promise<Unsequenced> {
    const revision = expectedRevision + 1;
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
