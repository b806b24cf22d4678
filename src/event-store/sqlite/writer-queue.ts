import type { AppendOutcome, StoreErrorCode } from '../port.js';
import { STORE_ERROR_CODES, StoreError } from '../port.js';
import type { Call, FromWriter, SavedSnapshot, ToWriter } from './protocol.js';
import { encodeBatch, OutcomeReader } from './protocol.js';

/** The half of a worker thread that the queue speaks to. */
export interface WriterThread {
  postMessage(message: ToWriter): void;
  on(event: 'message', listener: (message: FromWriter) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
}

export interface QueueBounds {
  /** Events that may wait, those that are being committed included. */
  readonly waitingEvents: number;
  /** Characters of their texts, in the same way. */
  readonly waitingCharacters: number;
  /** One transaction takes no further call once it has so many events. */
  readonly batchEvents: number;
}

export interface WriterStats {
  readonly calls: number;
  readonly transactions: number;
}

const BOUNDS: QueueBounds = { waitingEvents: 50_000, waitingCharacters: 256 * 1024 * 1024, batchEvents: 1_000 };
/** Two, so that the writer has the next batch at hand while the answers to the one before are handed out. */
const BATCHES_IN_FLIGHT = 2;

interface WaitingCall extends Call {
  readonly characters: number;
  readonly resolve: (outcomes: AppendOutcome[]) => void;
  readonly reject: (error: StoreError) => void;
}

interface WaitingSnapshot {
  readonly snapshot: SavedSnapshot;
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
}

interface Flight {
  readonly calls: readonly WaitingCall[];
  readonly snapshots: readonly WaitingSnapshot[];
}

/**
 * Gathers what is to be written and hands it to the writer's thread a batch at a time. What is asked for in one turn
 * of the event loop, or while batches are being committed, goes together: waiting on purpose would only be slower.
 */
export class WriterQueue {
  private waiting: WaitingCall[] = [];
  private snapshots: WaitingSnapshot[] = [];
  private readonly inFlight: Flight[] = [];
  private events = 0;
  private characters = 0;
  private isFlushPlanned = false;
  private failure: StoreError | undefined;
  private readonly onIdle: (() => void)[] = [];
  private readonly ready = settler();
  private readonly ended = settler();
  private readonly counts = { calls: 0, transactions: 0 };

  /** @param onCommitted told after each batch, before its callers are answered */
  constructor(
    private readonly thread: WriterThread,
    private readonly onCommitted: () => void = () => undefined,
    private readonly bounds: QueueBounds = BOUNDS,
  ) {
    thread.on('message', (message) => this.receive(message));
    thread.on('error', (error) => this.fail(crashed(error)));
    thread.on('exit', () => {
      this.fail(crashed());
      this.ended.resolve();
    });
  }

  /** Settles once the writer has the ledger, or has found that it cannot. */
  opened(): Promise<void> {
    return this.ready.promise;
  }

  append(call: Call, characters: number): Promise<AppendOutcome[]> {
    if (this.failure) return Promise.reject(this.failure);
    const events = call.appends.length;
    // A ledger at rest takes one call of any size within the bound on events.
    const isFull =
      this.events + events > this.bounds.waitingEvents ||
      (this.events > 0 && this.characters + characters > this.bounds.waitingCharacters);
    if (isFull) {
      const message = `The ledger is behind: ${this.events} events wait to be written, and ${events} more are too many`;
      return Promise.reject(new StoreError('unavailable', message));
    }
    this.events += events;
    this.characters += characters;
    return new Promise((resolve, reject) => {
      this.waiting.push({ appends: call.appends, characters, resolve, reject });
      this.planFlush();
    });
  }

  saveSnapshot(snapshot: SavedSnapshot): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.snapshots.push({ snapshot, resolve, reject });
      this.planFlush();
    });
  }

  stats(): WriterStats {
    return { ...this.counts };
  }

  /** Settles when nothing waits any more, written or rejected. */
  drained(): Promise<void> {
    if (!this.isBusy()) return Promise.resolve();
    return new Promise((resolve) => this.onIdle.push(resolve));
  }

  /** Ends the thread, which lets go of the file. What still waits is rejected. */
  async close(): Promise<void> {
    const isAlive = !this.failure;
    this.fail(new StoreError('closed', 'The event store is closed'));
    if (isAlive) this.thread.postMessage('close');
    await this.ended.promise;
  }

  private isBusy(): boolean {
    return this.waiting.length + this.snapshots.length + this.inFlight.length > 0;
  }

  private planFlush(): void {
    if (this.isFlushPlanned || this.inFlight.length >= BATCHES_IN_FLIGHT) return;
    this.isFlushPlanned = true;
    setImmediate(() => {
      this.isFlushPlanned = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.failure || this.inFlight.length >= BATCHES_IN_FLIGHT) return;
    if (this.waiting.length + this.snapshots.length === 0) return;
    const [calls, events] = this.takeCalls();
    const snapshots = this.snapshots;
    this.snapshots = [];
    this.inFlight.push({ calls, snapshots });
    this.thread.postMessage(
      encodeBatch(
        calls,
        events,
        snapshots.map(({ snapshot }) => snapshot),
      ),
    );
  }

  /** Whole calls, at least one, up to the size of a batch. */
  private takeCalls(): [WaitingCall[], number] {
    let count = 0;
    let events = 0;
    while (count < this.waiting.length && events < this.bounds.batchEvents) {
      events += this.waiting[count]?.appends.length ?? 0;
      count += 1;
    }
    if (count === this.waiting.length) {
      const all = this.waiting;
      this.waiting = [];
      return [all, events];
    }
    return [this.waiting.splice(0, count), events];
  }

  private receive(message: FromWriter): void {
    if (message.kind === 'ready') return this.ready.resolve();
    const flight = this.inFlight.shift();
    if (!flight) {
      if (message.kind === 'failed') this.fail(new StoreError(knownCode(message.code), message.message));
      return;
    }
    for (const { appends, characters } of flight.calls) {
      this.events -= appends.length;
      this.characters -= characters;
    }
    if (message.kind === 'failed') {
      const error = new StoreError('unavailable', message.message);
      for (const { reject } of [...flight.calls, ...flight.snapshots]) reject(error);
    } else {
      this.counts.calls += flight.calls.length;
      this.counts.transactions = message.transactions;
      this.onCommitted();
      const outcomes = new OutcomeReader(message.outcomes);
      for (const { appends, resolve } of flight.calls) resolve(outcomes.read(appends.length));
      for (const { resolve } of flight.snapshots) resolve();
    }
    this.planFlush();
    this.tellIdle();
  }

  private tellIdle(): void {
    if (this.isBusy()) return;
    for (const tell of this.onIdle.splice(0)) tell();
  }

  /** The first failure stands; it ends everything that waits and everything that comes. */
  private fail(error: StoreError): void {
    this.failure ??= error;
    this.ready.reject(this.failure);
    const calls = [...this.inFlight.flatMap((flight) => flight.calls), ...this.waiting];
    const snapshots = [...this.inFlight.flatMap((flight) => flight.snapshots), ...this.snapshots];
    this.inFlight.length = 0;
    this.waiting = [];
    this.snapshots = [];
    for (const { reject } of [...calls, ...snapshots]) reject(this.failure);
    this.tellIdle();
  }
}

function crashed(cause?: unknown): StoreError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new StoreError('unavailable', `The writer of the ledger has ended${reason}`, { cause });
}

function knownCode(code: string): StoreErrorCode {
  return STORE_ERROR_CODES.find((known) => known === code) ?? 'unavailable';
}

function settler() {
  let resolve: () => void = () => undefined;
  let reject: (error: StoreError) => void = () => undefined;
  const promise = new Promise<void>((onResolved, onRejected) => {
    resolve = onResolved;
    reject = onRejected;
  });
  // Who asks later still gets the rejection; nobody asking is not an error of the process.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
