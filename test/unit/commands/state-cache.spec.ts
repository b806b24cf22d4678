import { describe, expect, it } from '@jest/globals';
import type { Folding, Versioned } from '../../../src/commands/aggregate.js';
import { environmentKib } from '../../../src/commands/aggregates/environment-snapshot.js';
import { StateCache } from '../../../src/commands/state-cache.js';
import type { DomainEvent } from '../../../src/domain/event.js';
import type { EnvironmentState } from '../../../src/domain/environment/state.js';
import type { SnapshotStore } from '../../../src/event-store/port.js';
import { FakeLedger } from '../views/ledger.js';

const MIB = 1024;

/** States that take so many MiB, by what the folding says. */
function cacheOf(mib: number) {
  const reads: string[] = [];
  const ledger = new FakeLedger();
  ledger.readStream = (stream) => {
    reads.push(stream);
    return Promise.resolve([]);
  };
  const none: SnapshotStore = { loadSnapshot: () => Promise.resolve(undefined), saveSnapshot: () => Promise.resolve() };
  const folding: Folding<object, DomainEvent> = {
    initialState: () => ({}),
    evolve: (state) => state,
    kibOf: () => mib * MIB,
  };
  const cache = new StateCache(ledger, none);
  return { reads, load: (stream: string) => cache.load(folding, stream) };
}

describe('the states that are kept', () => {
  it('are bounded by what they take: the one that was not used longest is read again', async () => {
    const { reads, load } = cacheOf(100);
    for (const stream of ['a', 'b', 'a', 'c', 'a', 'b']) await load(stream);
    expect(reads).toEqual(['a', 'b', 'c', 'b']);
  });

  it('hold the newest one however large it is', async () => {
    const { reads, load } = cacheOf(10_000);
    for (const stream of ['a', 'a', 'b', 'b', 'a']) await load(stream);
    expect(reads).toEqual(['a', 'b', 'a']);
  });

  it('of environments are weighed by what they remember', () => {
    const state = (services: number, standings: number): Versioned<EnvironmentState> => ({
      revision: 5_000,
      state: {
        ...{ status: 'defined', services: new Map(Array.from({ length: services }, (_, index) => [`s${index}`, {}])) },
        ...{
          recent: new Map(Array.from({ length: standings }, (_, index) => [`d${index}`, {}])),
          withdrawn: new Map(),
        },
      } as unknown as EnvironmentState,
    });
    expect(environmentKib({ state: { status: 'undefined' }, revision: -1 })).toBe(1);
    // What bench/scale/state.js measured for ten services after 2,000 switches is 352 KiB.
    expect(environmentKib(state(10, 1_024))).toBeGreaterThan(250);
    expect(environmentKib(state(10, 1_024))).toBeLessThan(500);
  });
});
