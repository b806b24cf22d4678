import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { STREAM_PREFIXES } from '../../src/domain/streams.js';
import { KurrentDbEventStore } from '../../src/event-store/kurrentdb/store.js';
import { StoreError, type Append, type Appended } from '../../src/event-store/port.js';
import { FAULTS, type Fault } from './kurrentdb/stand-in/faults.js';
import { StandIn } from './kurrentdb/stand-in/stand-in.js';
import { append, appendOne, everything, idsOf, placesOf, positionsOf, upTo } from './helpers/events.js';
import { eventually } from '../support/eventually.js';

const TIMES = 100;
/** Short enough for a lost answer to be asked for again many times in a test. */
const PATIENCE = { attemptMs: 400, patienceMs: 1_500 };

interface Acknowledged extends Pick<Appended, 'position' | 'revision' | 'recordedAt'> {
  readonly id: string;
  readonly stream: string;
}

describe('two stores on one server', () => {
  let standIn: StandIn;
  let stores: KurrentDbEventStore[];
  let isOver: boolean;
  let attempts: number;

  beforeEach(async () => {
    standIn = await StandIn.start();
    const options = { url: standIn.url, prefixes: STREAM_PREFIXES, times: PATIENCE };
    stores = [await KurrentDbEventStore.open(options), await KurrentDbEventStore.open(options)];
    isOver = false;
    attempts = 0;
  });
  afterEach(async () => {
    standIn.faults.clear();
    await Promise.all(stores.map((store) => store.close()));
    await standIn.stop();
  });

  /** Appends one event after the other, each until it is in, as a caller does who keeps the key. */
  async function write(store: KurrentDbEventStore, stream: string): Promise<Acknowledged[]> {
    const written: Acknowledged[] = [];
    for (let revision = -1; !isOver; revision++) {
      let next: Append = append(stream, revision);
      for (;;) {
        attempts += 1;
        const outcome = await appendOne(store, next).catch((error: unknown) => {
          if (error instanceof StoreError && ['unavailable', 'unsettled'].includes(error.code)) return undefined;
          throw error;
        });
        if (outcome?.status === 'appended') {
          const { position, recordedAt } = outcome;
          revision = outcome.revision;
          written.push({ id: next.event.id, stream, position, revision, recordedAt });
          break;
        }
        if (outcome?.status === 'conflict') next = { ...next, expectedRevision: outcome.actualRevision };
        else if (outcome) throw new Error(outcome.status);
      }
    }
    return written;
  }

  async function injectAll(fault: Fault): Promise<void> {
    for (let time = 1; time <= TIMES; time++) {
      await delay(Math.random() * 60);
      await standIn.inject(fault);
      await eventually(() => standIn.faults.happened >= time);
    }
  }

  it.each(FAULTS)('lose nothing and write nothing twice: %s, a hundred times', async (fault) => {
    const seen: string[][] = [[], []];
    const errors: unknown[] = [];
    stores.forEach((store, index) =>
      store.subscribe(
        0,
        (events) => void seen[index]?.push(...idsOf(events)),
        (error) => errors.push(error),
      ),
    );
    const writers = stores.flatMap((store, index) =>
      [`artifact-${index}`, `pipeline-${index}`, 'environment-both'].map((stream) => write(store, stream)),
    );
    const written = Promise.all(writers);
    await Promise.race([injectAll(fault), written]);
    isOver = true;
    const acknowledged = (await written).flat().sort((one, other) => one.position - other.position);
    standIn.faults.clear();

    const ledgers = await Promise.all(stores.map(everything));
    const [ledger = []] = ledgers;
    expect(ledgers[1]).toEqual(ledger);
    expect(standIn.faults.happened).toBeGreaterThanOrEqual(TIMES);
    expect(positionsOf(ledger)).toEqual(upTo(ledger.length));
    expect(new Set(idsOf(ledger)).size).toBe(ledger.length);
    const stored = placesOf(ledger);
    expect(stored).toEqual(acknowledged);
    expect(stored.map(({ recordedAt }) => recordedAt)).toEqual(stored.map(({ recordedAt }) => recordedAt).sort());
    await eventually(() => seen.every((ids) => ids.length >= ledger.length));
    expect(seen).toEqual([idsOf(ledger), idsOf(ledger)]);
    expect(errors).toEqual([]);
    expect(attempts).toBeGreaterThanOrEqual(ledger.length);
  });
});
