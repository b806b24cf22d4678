import { randomUUID } from 'node:crypto';
import { LiveSubscription } from '../live-subscription.js';
import type {
  Append,
  AppendOutcome,
  EventStore,
  RecordedEvent,
  Snapshot,
  SnapshotStore,
  StreamEvent,
  Subscription,
} from '../port.js';
import { StoreError } from '../port.js';
import { isUuid, measureAppends } from '../validate.js';
import { Appender, type AppendedEvent, type Unsequenced } from './appender.js';
import { Connection, type ConnectionTimes } from './connection.js';
import { isFinal } from './errors.js';
import { Ledger, type Placed } from './ledger.js';
import { Places } from './places.js';
import { bound, KurrentDbEventReader } from './reader.js';
import { assertNotMoving } from './move-mark.js';
import { decodeRecord, recordedSinceMs } from './records.js';
import { backoffMs, sleep } from './retry.js';
import { Sequencer } from './sequencer.js';
import { Snapshots } from './snapshots.js';
import { isOneOf } from './streams.js';

/** Appends that may wait, those under way included. */
const WAITING_MAX = 20_000;
const PLACE_PATIENCE_MS = 10_000;
const RETRY_MOST_MS = 1_000;

export interface KurrentDbEventStoreOptions {
  /** `esdb://` or `esdb+discover://`. */
  readonly url: string;
  /** Which streams are Cairn's: names, or beginnings that end in a dash. Nothing else in the server is. */
  readonly prefixes: readonly string[];
  readonly times?: Partial<ConnectionTimes>;
}

/** A ledger in KurrentDB or EventStoreDB, which any number of servers may write and read. */
export class KurrentDbEventStore implements EventStore, SnapshotStore {
  readonly isShared = true;
  private readonly reader: KurrentDbEventReader;
  private readonly ledger: Ledger;
  private readonly places: Places;
  private readonly appender: Appender;
  private readonly snapshots: Snapshots;
  private readonly sequencer: Sequencer;
  private readonly subscriptions = new Set<LiveSubscription>();
  private readonly calls = new Set<Promise<unknown>>();
  private waiting = 0;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly connection: Connection,
    private readonly prefixes: readonly string[],
  ) {
    this.reader = new KurrentDbEventReader(connection);
    this.ledger = new Ledger(connection);
    this.places = new Places(connection, randomUUID());
    this.appender = new Appender(connection, this.places);
    this.snapshots = new Snapshots(connection);
    this.sequencer = new Sequencer(connection, this.ledger, prefixes, () => this.wakeSubscriptions());
  }

  /** @throws StoreError that says what is wrong with the server, the way to it or what it knows of this user */
  static async open({ url, prefixes, times }: KurrentDbEventStoreOptions): Promise<KurrentDbEventStore> {
    const connection = Connection.to(url, times);
    try {
      const store = new KurrentDbEventStore(connection, prefixes);
      await assertNotMoving(connection);
      await store.sequencer.start();
      return store;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async appendAll(appends: readonly Append[]): Promise<AppendOutcome[]> {
    this.checkOpen();
    this.sequencer.assertNotMovedInto();
    this.sequencer.assertLetIn();
    measureAppends(appends);
    for (const { stream } of appends) {
      if (!isOneOf(stream, this.prefixes)) throw new TypeError(`Not the name of a stream of Cairn: ${stream}`);
    }
    if (this.waiting + appends.length > WAITING_MAX) {
      const message = `The ledger is behind: ${this.waiting} events wait to be written, and ${appends.length} more are too many`;
      throw new StoreError('unavailable', message);
    }
    this.waiting += appends.length;
    const call = this.appendAndPlace(appends);
    this.calls.add(call);
    try {
      return await call;
    } finally {
      this.calls.delete(call);
      this.waiting -= appends.length;
    }
  }

  subscribe(
    fromPosition: number,
    onEvents: (events: readonly RecordedEvent[]) => Promise<void> | void,
    onError: (error: unknown) => void,
  ): Subscription {
    this.checkOpen();
    let isOpen = true;
    const read = (from: number, limit: number) =>
      this.untilAnswered(
        () => this.ledger.readAll(from, limit),
        () => isOpen,
      );
    const subscription = new LiveSubscription(read, fromPosition, onEvents, (error) => {
      this.subscriptions.delete(subscription);
      if (!this.closing) onError(error);
    });
    this.subscriptions.add(subscription);
    return {
      close: () => {
        isOpen = false;
        this.subscriptions.delete(subscription);
        return subscription.close();
      },
    };
  }

  async readStream(stream: string, fromRevision: number, limit: number): Promise<StreamEvent[]> {
    this.checkOpen();
    return this.reader.readStream(stream, fromRevision, limit);
  }

  async readAll(fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    this.checkOpen();
    return this.reader.readAll(fromPosition, limit);
  }

  async readCategory(prefix: string, fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    this.checkOpen();
    return this.reader.readCategory(prefix, fromPosition, bound(limit));
  }

  async findById(id: string): Promise<RecordedEvent | undefined> {
    this.checkOpen();
    if (!isUuid(id)) return undefined;
    const event = await this.places.find(id);
    return event && { ...decodeRecord(event), ...(await this.locate(event)) };
  }

  async head(): Promise<number> {
    this.checkOpen();
    this.sequencer.assertLetIn();
    return this.reader.head();
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    this.checkOpen();
    return this.snapshots.load(stream);
  }

  async saveSnapshot(stream: string, snapshot: Snapshot): Promise<void> {
    this.checkOpen();
    return this.snapshots.save(stream, snapshot);
  }

  /** Writes what waits, lets the subscriptions' handlers finish, then lets go of the server. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    await Promise.allSettled([...this.calls]);
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.sequencer.close();
    await this.connection.close();
  }

  private async appendAndPlace(appends: readonly Append[]): Promise<AppendOutcome[]> {
    const outcomes = await this.appender.appendInOrder(appends);
    return Promise.all(outcomes.map((outcome) => this.sequenced(outcome)));
  }

  private async sequenced(outcome: Unsequenced): Promise<AppendOutcome> {
    if (outcome.status !== 'appended') return outcome;
    const { event, repeated } = outcome;
    const { position, recordedAt } = await this.locate(event);
    return { status: 'appended', position, revision: Number(event.revision), recordedAt, repeated };
  }

  private async locate({ streamId, revision, created, metadata }: AppendedEvent): Promise<Placed> {
    const recent = this.sequencer.recentPlace(streamId, Number(revision));
    if (recent) return recent;
    const found =
      created && (await this.ledger.find(streamId, Number(revision), recordedSinceMs({ created, metadata })));
    return found ?? this.sequencer.placed(streamId, Number(revision), PLACE_PATIENCE_MS);
  }

  /** A subscriber is not told of a server that goes away, or refuses for a while, and comes back. */
  private async untilAnswered(read: () => Promise<RecordedEvent[]>, isWanted: () => boolean): Promise<RecordedEvent[]> {
    for (let failures = 0; ; failures++) {
      try {
        return await read();
      } catch (error) {
        if (isFinal(error)) throw error;
        if (!isWanted() || this.closing) return [];
        await sleep(backoffMs(failures, RETRY_MOST_MS));
      }
    }
  }

  private checkOpen(): void {
    if (this.closing) throw new StoreError('closed', 'The event store is closed');
  }

  private wakeSubscriptions(): void {
    for (const subscription of this.subscriptions) subscription.wake();
  }
}
