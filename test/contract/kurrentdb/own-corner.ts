import { randomUUID } from 'node:crypto';
import type { Append, AppendOutcome, EventStore, RecordedEvent } from '../../../src/event-store/port.js';

/**
 * A part of a ledger that others have used before, as if it were an empty one: streams get a name of their own, and
 * positions count from where the ledger ended. Nothing else may write to the server meanwhile.
 */
export class OwnCorner implements EventStore {
  readonly isShared = true;

  private constructor(
    private readonly store: EventStore,
    private readonly name: string,
    private readonly base: number,
  ) {}

  static async of(store: EventStore): Promise<OwnCorner> {
    return new OwnCorner(store, randomUUID().slice(0, 8), (await store.head()) + 1);
  }

  /** The same corner, seen through another store of the same server. */
  through(store: EventStore): OwnCorner {
    return new OwnCorner(store, this.name, this.base);
  }

  async appendAll(appends: readonly Append[]): Promise<AppendOutcome[]> {
    const outcomes = await this.store.appendAll(
      appends.map((append) => ({ ...append, stream: this.inside(append.stream) })),
    );
    return outcomes.map((outcome) =>
      outcome.status === 'appended' ? { ...outcome, position: outcome.position - this.base } : outcome,
    );
  }

  subscribe(
    fromPosition: number,
    onEvents: (events: readonly RecordedEvent[]) => Promise<void> | void,
    onError: (error: unknown) => void,
  ) {
    return this.store.subscribe(this.base + fromPosition, (events) => onEvents(this.seen(events)), onError);
  }

  async readStream(stream: string, fromRevision: number, limit: number) {
    const events = await this.store.readStream(this.inside(stream), fromRevision, limit);
    return events.map((event) => ({ ...event, stream: this.outside(event.stream) }));
  }

  async readAll(fromPosition: number, limit: number) {
    return this.seen(await this.store.readAll(this.base + fromPosition, limit));
  }

  async readCategory(prefix: string, fromPosition: number, limit: number) {
    return this.seen(await this.store.readCategory(this.inside(prefix), this.base + fromPosition, limit));
  }

  async findById(id: string) {
    const event = await this.store.findById(id);
    return event && this.seen([event])[0];
  }

  async head() {
    return (await this.store.head()) - this.base;
  }

  close() {
    return this.store.close();
  }

  private inside(stream: string): string {
    return stream.replace('-', `-${this.name}-`);
  }

  private outside(stream: string): string {
    return stream.replace(`-${this.name}-`, '-');
  }

  private seen(events: readonly RecordedEvent[]): RecordedEvent[] {
    return events.map((event) => ({
      ...event,
      stream: this.outside(event.stream),
      position: event.position - this.base,
    }));
  }
}
