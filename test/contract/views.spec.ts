import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openEventStore } from '../../src/adapters.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/port.js';
import { openReadDatabase, ViewsDatabaseError, WriteDatabase } from '../../src/views/database.js';
import { PROJECTORS } from '../../src/views/projectors.js';
import { rebuildViews } from '../../src/views/rebuild.js';
import { ProjectionRunner } from '../../src/views/runner.js';
import { Views } from '../../src/views/views.js';
import { workerUrl } from '../../src/worker-url.js';
import { dumpOf, history, record } from './views/recorded.js';
import { baked, FakeLedger, temporaryFolder, uuid } from '../unit/views/ledger.js';

const LONG_MS = 20_000;

let folder: ReturnType<typeof temporaryFolder>;
let eventStore: string;
let database: string;
let store: EventStore;

beforeEach(async () => {
  folder = temporaryFolder();
  eventStore = `sqlite:${join(folder.path, 'ledger.db')}`;
  database = `sqlite:${join(folder.path, 'views.db')}`;
  store = await openEventStore(eventStore);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const append = (events: readonly RecordedEvent[]): Promise<number> => record(store, events);

async function rebuilt(name: string): Promise<Record<string, string[]>> {
  const fresh = `sqlite:${join(folder.path, name)}`;
  await rebuildViews({ eventStore, database: fresh });
  return dumpOf(fresh);
}

describe('views of a ledger', () => {
  it('follow it as it grows, and tell when they have reached a position', async () => {
    const events = history(400);
    const views = await Views.open({ eventStore, database });
    expect(views.position()).toBe(-1);
    expect(await views.waitFor(0, 20)).toBe(false);
    for (let from = 0; from < events.length; from += 50) {
      const head = await append(events.slice(from, from + 50));
      const waiting = views.waitFor(head, LONG_MS);
      views.notify(head);
      expect(await waiting).toBe(true);
    }
    const head = events.length - 1;
    expect(views.status()).toEqual({
      position: head,
      views: Object.fromEntries(PROJECTORS.map(({ view }) => [view, head])),
    });
    const { next } = await views.events.page({}, { position: head, limit: 10, order: 'desc' });
    expect(next).toBe(head - 9);
    await views.close();
    expect(await dumpOf(database)).toEqual(await rebuilt('fresh.db'));
  });

  it('serve at once and catch up after their file was deleted', async () => {
    const head = await append(history(4_000));
    const progress: number[] = [];
    const views = await Views.open({ eventStore, database, onProgress: (position) => progress.push(position) });
    expect(await views.knownGood.stateAt('production', { position: views.position() })).toMatchObject({ services: [] });
    expect(await views.waitFor(head, LONG_MS)).toBe(true);
    expect(progress.length).toBeGreaterThan(1);
    expect(progress).toEqual([...progress].sort((left, right) => left - right));
    await views.close();
    rmSync(join(folder.path, 'views.db'));
    const again = await Views.open({ eventStore, database });
    expect(await again.waitFor(head, LONG_MS)).toBe(true);
    await again.close();
  });

  it('start again when they stand on another ledger', async () => {
    const other = new FakeLedger();
    other.events.push({ ...other.append(baked('elsewhere')), id: uuid(-1), position: 0 });
    other.events.shift();
    const views = await WriteDatabase.open(database);
    const runner = await ProjectionRunner.start(other, views, PROJECTORS);
    while (await runner.step());
    await views.close();
    const head = await append(history(100));
    const opened = await Views.open({ eventStore, database });
    expect(await opened.waitFor(head, LONG_MS)).toBe(true);
    await opened.close();
    expect(await dumpOf(database)).toEqual(await rebuilt('fresh.db'));
  });

  it('stop before an event that cannot be projected, and say so', async () => {
    const events = history(50);
    const ledger = new FakeLedger();
    const bad = { ...ledger.append(baked('bad')), id: events[0]?.id.replace(/^.{8}/, '0000bad0') ?? '', data: '{}' };
    await append([...events, bad]);
    const views = await Views.open({ eventStore, database });
    expect(await views.waitFor(events.length, LONG_MS)).toBe(false);
    expect(views.position()).toBe(events.length - 1);
    expect(views.status().error).toContain(`at position ${events.length} (ArtifactBaked.v1) cannot be projected`);
    expect(await views.waitFor(events.length, LONG_MS)).toBe(false);
    // A rebuild may empty them from now on, so that nothing is read of them.
    expect([views.isSettled, await views.settled(LONG_MS), await views.waitFor(0, LONG_MS)]).toEqual([
      false,
      false,
      false,
    ]);
    await views.close();
  });

  it('say clearly when their database is the event store, or there is no event store', async () => {
    await expect(Views.open({ eventStore, database: eventStore })).rejects.toThrow(ViewsDatabaseError);
    await expect(Views.open({ eventStore, database: eventStore })).rejects.toThrow('belongs to something else');
    await expect(Views.open({ eventStore: `${eventStore}.none`, database })).rejects.toThrow('ledger.db.none');
    expect(existsSync(join(folder.path, 'ledger.db.none'))).toBe(false);
  });
});

describe('a rebuild', () => {
  it('gives the same rows as following did, over what was there, and tells its progress', async () => {
    await append(history(3_000));
    const head = await store.head();
    const views = await Views.open({ eventStore, database });
    expect(await views.waitFor(head, LONG_MS)).toBe(true);
    await views.close();
    const followed = await dumpOf(database);
    const progress: [number, number][] = [];
    await rebuildViews({ eventStore, database, onProgress: (position, end) => progress.push([position, end]) });
    expect(progress.at(-1)).toEqual([head, head]);
    expect(await dumpOf(database)).toEqual(followed);
    expect(Object.values(followed).every((rows) => rows.length > 0)).toBe(false);
    expect(followed['known_good_intervals']?.length).toBeGreaterThan(100);
    const indexes = await WriteDatabase.open(database);
    expect((await indexes.source.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    await indexes.close();
  });

  it('of one view whose projector has a new version leaves the others alone, and then they go together', async () => {
    await append(history(3_000));
    const views = await WriteDatabase.open(database);
    const first = await ProjectionRunner.start(store, views, PROJECTORS);
    while (await first.step());
    const newer = PROJECTORS.map((projector) =>
      projector.view === 'changes' ? { ...projector, version: projector.version + 1 } : projector,
    );
    const second = await ProjectionRunner.start(store, views, newer);
    const head = await store.head();
    expect(second.positions).toMatchObject({ changes: -1, 'known-good': head });
    while (await second.step());
    expect(new Set(Object.values(second.positions))).toEqual(new Set([head]));
    await views.close();
    const { view_checkpoints: _ours, ...rows } = await dumpOf(database);
    const { view_checkpoints: _fresh, ...expected } = await rebuilt('fresh.db');
    expect(rows).toEqual(expected);
  });
});

describe('a projector that is killed', () => {
  it('at random moments, again and again, ends with the rows of a rebuild', async () => {
    const head = await append(history(8_000));
    for (let kills = 0; kills < 3; kills++) await killed('starting', Math.random() * 100);
    let position = -1;
    let kills = 0;
    // The first comes at once and the next ones early, so that there are several whatever the machine's speed.
    for (; position < head && kills < 30; kills++) {
      position = await killed('projecting', Math.random() * (kills < 3 ? 30 * kills : 600));
    }
    expect(position).toBe(head);
    expect(kills).toBeGreaterThan(1);
    expect(await dumpOf(database)).toEqual(await rebuilt('fresh.db'));
  });

  /** Kills a projector so long after its start, or after it began to read, and answers how far its file says it came. */
  async function killed(when: 'starting' | 'projecting', afterMs: number): Promise<number> {
    const url = workerUrl(new URL('../../src/views/views.js', import.meta.url).href, './projector.worker.js');
    const worker = new Worker(url, { workerData: { eventStore, database } });
    const failures: unknown[] = [];
    worker.on('message', (message: { kind: string }) => message.kind === 'failed' && failures.push(message));
    worker.on('error', (error) => failures.push(error));
    if (when === 'projecting') await new Promise((resolve) => worker.once('message', resolve));
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await worker.terminate();
    expect(failures).toEqual([]);
    return when === 'starting' ? -1 : positionOf(database);
  }

  async function positionOf(url: string): Promise<number> {
    const reader = await openReadDatabase(url);
    const rows = await reader.query<{ position: number }[]>(
      "SELECT position FROM view_checkpoints WHERE view <> '(ledger)'",
    );
    await reader.destroy();
    return rows.length === 0 ? -1 : Math.min(...rows.map(({ position }) => position));
  }
});
