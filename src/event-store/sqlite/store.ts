import { Worker } from 'node:worker_threads';
import { realFile } from '../../sqlite-files.js';
import { workerUrl } from '../../worker-url.js';
import type {
  Append,
  AppendOutcome,
  EventStore,
  RecordedEvent,
  Snapshot,
  SnapshotStore,
  Subscription,
} from '../port.js';
import { StoreError } from '../port.js';
import { LiveSubscription } from '../live-subscription.js';
import type { WriterOptions } from './protocol.js';
import { storeError } from './schema.js';
import { SqliteEventReader } from './reader.js';
import { measureAppends } from '../validate.js';
import type { WriterStats } from './writer-queue.js';
import { WriterQueue } from './writer-queue.js';

export type SqliteEventStoreOptions = WriterOptions;

/**
 * The embedded event store: one SQLite file, written by one thread of one process. Reads happen here, on a read-only
 * connection: they are short, and a message to a thread costs more.
 */
export class SqliteEventStore implements EventStore, SnapshotStore {
  private readonly subscriptions = new Set<LiveSubscription>();
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly queue: WriterQueue,
    private readonly reader: SqliteEventReader,
  ) {}

  /**
   * Opens a ledger's file, or makes it where there is none.
   *
   * @throws StoreError `in-use` when another store has the file, `corrupt` when it is something else or damaged
   */
  static async open(options: SqliteEventStoreOptions): Promise<SqliteEventStore> {
    let queue: WriterQueue | undefined;
    try {
      const file = realFile(options.file);
      const thread = new Worker(workerUrl(import.meta.url, './writer.worker.js'), { workerData: { ...options, file } });
      queue = new WriterQueue(thread, () => store.wakeSubscriptions());
      await queue.opened();
      const store = new SqliteEventStore(queue, SqliteEventReader.open(file));
      return store;
    } catch (error) {
      await queue?.close();
      throw storeError(error, options.file);
    }
  }

  async appendAll(appends: readonly Append[]): Promise<AppendOutcome[]> {
    this.checkOpen();
    if (appends.length === 0) return [];
    return this.queue.append({ appends }, measureAppends(appends));
  }

  subscribe(
    fromPosition: number,
    onEvents: (events: readonly RecordedEvent[]) => Promise<void> | void,
    onError: (error: unknown) => void,
  ): Subscription {
    this.checkOpen();
    const read = (from: number, limit: number) => this.reader.readAll(from, limit);
    const subscription = new LiveSubscription(read, fromPosition, onEvents, (error) => {
      this.subscriptions.delete(subscription);
      onError(error);
    });
    this.subscriptions.add(subscription);
    return {
      close: () => {
        this.subscriptions.delete(subscription);
        return subscription.close();
      },
    };
  }

  async readStream(stream: string, fromRevision: number, limit: number): Promise<RecordedEvent[]> {
    return this.reader.readStream(stream, fromRevision, limit);
  }

  async readAll(fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    return this.reader.readAll(fromPosition, limit);
  }

  async readCategory(prefix: string, fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    return this.reader.readCategory(prefix, fromPosition, limit);
  }

  async findById(id: string): Promise<RecordedEvent | undefined> {
    return this.reader.findById(id);
  }

  async head(): Promise<number> {
    return this.reader.head();
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.reader.loadSnapshot(stream);
  }

  async saveSnapshot(stream: string, { revision, version, state }: Snapshot): Promise<void> {
    this.checkOpen();
    return this.queue.saveSnapshot({ stream, revision, version, state });
  }

  /** How many calls were committed in how many transactions. */
  stats(): WriterStats {
    return this.queue.stats();
  }

  /** Writes what waits, lets the subscriptions' handlers finish, then lets go of the file. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    await this.queue.drained();
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.reader.close();
    await this.queue.close();
  }

  private checkOpen(): void {
    if (this.closing) throw new StoreError('closed', 'The event store is closed');
  }

  private wakeSubscriptions(): void {
    for (const subscription of this.subscriptions) subscription.wake();
  }
}
