import { afterEach, beforeEach, describe } from '@jest/globals';
import type { EventStore } from '../../src/event-store/port.js';
import { describeAppending } from './event-store/appending.js';
import { describeInterleaving } from './event-store/interleaving.js';
import { describeReading } from './event-store/reading.js';
import { describeSubscribing } from './event-store/subscribing.js';

/** A store of its own for each test, empty at first. */
export interface StoreUnderTest {
  readonly store: EventStore;
  /** Closes the store and opens the same ledger again. */
  reopen(): Promise<EventStore>;
  /** Closes what is open and removes the ledger. */
  destroy(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

/** What every adapter of the event store has to do. */
export function describeEventStore(name: string, open: OpenStore): void {
  describe(`event store: ${name}`, () => {
    let current: StoreUnderTest;
    beforeEach(async () => {
      current = await open();
    });
    afterEach(() => current.destroy());

    const underTest = () => current;
    describeAppending(underTest);
    describeReading(underTest);
    describeSubscribing(underTest);
    describeInterleaving(underTest);
  });
}
