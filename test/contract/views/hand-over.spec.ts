import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openEventStore } from '../../../src/adapters.js';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port.js';
import { WriteDatabase } from '../../../src/views/database.js';
import { PROJECTORS } from '../../../src/views/projectors.js';
import { rebuildViews } from '../../../src/views/rebuild.js';
import { ProjectionRunner, StaleCheckpointError } from '../../../src/views/runner.js';
import { Views } from '../../../src/views/views.js';
import { workerUrl } from '../../../src/worker-url.js';
import { eventually } from '../../support/eventually.js';
import { describeOnPostgres, freshDatabase, type FreshDatabase } from '../../support/postgres.js';
import { startPostgres, type PostgresProcess } from '../../support/postgres-process.js';
import { dumpOf, history, record } from './recorded.js';
import { temporaryFolder } from '../../unit/views/ledger.js';

const LONG_MS = 30_000;

let folder: ReturnType<typeof temporaryFolder>;
let fresh: FreshDatabase;
let eventStore: string;
let store: EventStore;
const open: Views[] = [];

async function setUp(): Promise<void> {
  folder = temporaryFolder();
  fresh = await freshDatabase();
  eventStore = `sqlite:${join(folder.path, 'ledger.db')}`;
  store = await openEventStore(eventStore);
}

async function tearDown(): Promise<void> {
  for (const views of open.splice(0)) await views.close();
  await store.close();
  await fresh.drop();
  folder.remove();
}

async function openViews(database = fresh.url): Promise<Views> {
  const views = await Views.open({ eventStore, database });
  open.push(views);
  return views;
}

const append = (events: readonly RecordedEvent[]): Promise<number> => record(store, events);

/** Table by table: what a rebuild from scratch on SQLite has. */
async function expectRowsOfRebuild(url = fresh.url): Promise<void> {
  const database = `sqlite:${join(folder.path, 'fresh.db')}`;
  await rebuildViews({ eventStore, database });
  const [rows, expected] = [await dumpOf(url), await dumpOf(database)];
  for (const table of Object.keys(expected)) expect([table, rows[table]]).toEqual([table, expected[table]]);
  expect(expected['known_good_intervals']?.length).toBeGreaterThan(10);
}

const HOLDERS = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const holders = () => fresh.query<{ pid: number }>(HOLDERS);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const until = (holds: () => boolean | Promise<boolean>): Promise<void> => eventually(holds, LONG_MS);

describeOnPostgres('servers that share the views of one PostgreSQL', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it('have one that projects, and all tell how far it has come', async () => {
    const all = await Promise.all([openViews(), openViews(), openViews()]);
    expect(await holders()).toHaveLength(1);
    const events = history(600);
    for (let from = 0; from < events.length; from += 100) {
      const head = await append(events.slice(from, from + 100));
      expect(await Promise.all(all.map((views) => views.waitFor(head, LONG_MS)))).toEqual([true, true, true]);
    }
    const head = await store.head();
    for (const views of all) {
      expect(views.status()).toEqual({
        position: head,
        views: Object.fromEntries(PROJECTORS.map(({ view }) => [view, head])),
      });
    }
    expect(await holders()).toHaveLength(1);
    await expectRowsOfRebuild();
  });

  it('hand over at once when the one that projects is closed, and lose nothing when it is killed', async () => {
    const events = history(6_000);
    const url = workerUrl(new URL('../../../src/views/views.js', import.meta.url).href, './projector.worker.js');
    const failures: unknown[] = [];
    const half = Math.floor(events.length / 2);
    await append(events.slice(0, half));
    for (let kills = 0; kills < 4; kills++) {
      const worker = new Worker(url, { workerData: { eventStore, database: fresh.url } });
      worker.on('message', (message: { kind: string }) => message.kind === 'failed' && failures.push(message));
      worker.on('error', (error) => failures.push(error));
      await new Promise((resolve) => worker.once('message', resolve));
      await pause(Math.random() * 150 * kills);
      await worker.terminate();
    }
    const [first, second] = [await openViews(), await openViews()];
    const head = await append(events.slice(half));
    expect(await second.waitFor(head, LONG_MS)).toBe(true);
    expect(failures).toEqual([]);
    await first.close();
    await expectRowsOfRebuild();
  });

  it('write nothing twice when the connection of the one that projects is ended, again and again', async () => {
    const events = history(8_000);
    const [first, second] = [await openViews(), await openViews()];
    let ended = 0;
    let isDone = false;
    const ending = (async () => {
      while (!isDone) {
        ended += (await fresh.query(`SELECT pg_terminate_backend(pid) FROM (${HOLDERS}) AS holders`)).length;
        await pause(Math.random() * 400);
      }
    })();
    for (let from = 0; from < events.length; from += 1_000) {
      const head = await append(events.slice(from, from + 1_000));
      first.notify(head);
      second.notify(head);
      await pause(300);
    }
    isDone = true;
    await ending;
    expect(ended).toBeGreaterThan(3);
    const head = await store.head();
    expect(await Promise.all([first.waitFor(head, LONG_MS), second.waitFor(head, LONG_MS)])).toEqual([true, true]);
    expect([first.status().error, second.status().error]).toEqual([undefined, undefined]);
    // The last that was ended may have been idle: its place is taken a moment later.
    await until(async () => (await holders()).length === 1);
    await expectRowsOfRebuild();
  });

  it('keep a rebuild out while one of them projects, and follow it when it came first', async () => {
    const head = await append(history(500));
    const views = await openViews();
    expect(await views.waitFor(head, LONG_MS)).toBe(true);
    const rebuilding = rebuildViews({ eventStore, database: fresh.url });
    await expect(rebuilding).rejects.toMatchObject({ code: 'database-held' });
    await expect(rebuilding).rejects.toThrow(/projected by "cairn projector" at 127\.0\.0\.1/);
    await open.pop()?.close();
    const before = await dumpOf(fresh.url);
    const progress: number[] = [];
    await rebuildViews({ eventStore, database: fresh.url, onProgress: (position) => progress.push(position) });
    expect(progress.at(-1)).toBe(head);
    expect(await dumpOf(fresh.url)).toEqual(before);
    const indexes = await WriteDatabase.open(fresh.url);
    expect((await indexes.source.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    await indexes.close();
  });

  it('leave the rows of an older projector alone until it has gone, and then fill its view again', async () => {
    const head = await append(history(500));
    const older = await WriteDatabase.open(fresh.url);
    expect(await older.hold()).toBe(true);
    const projectors = PROJECTORS.map((projector) =>
      projector.view === 'changes' ? { ...projector, version: projector.version - 1 } : projector,
    );
    const runner = await ProjectionRunner.start(store, older, projectors);
    while (await runner.step());
    const views = await openViews();
    expect(await views.waitFor(head, 1_500)).toBe(false);
    expect(views.status().views).toMatchObject({ changes: -1, 'known-good': head });
    expect(await runner.step()).toBe(0);
    await older.close();
    expect(await views.waitFor(head, LONG_MS)).toBe(true);
    await expectRowsOfRebuild();
  });
});

describeOnPostgres('one that takes itself for the one that projects', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it('fails without having written anything when another one has gone on', async () => {
    await append(history(3_000));
    const [stale, current] = [await WriteDatabase.open(fresh.url), await WriteDatabase.open(fresh.url)];
    const first = await ProjectionRunner.start(store, stale, PROJECTORS, 100);
    const second = await ProjectionRunner.start(store, current, PROJECTORS, 100);
    await second.step();
    const before = await dumpOf(fresh.url);
    await expect(first.step()).rejects.toThrow(StaleCheckpointError);
    expect(await dumpOf(fresh.url)).toEqual(before);
    // Both at the very same moment, until the end: each batch is one's or the other's.
    let [steps, stales] = [0, 0];
    const race = async (views: WriteDatabase): Promise<void> => {
      for (;;) {
        const runner = await ProjectionRunner.start(store, views, PROJECTORS, 100);
        try {
          while (await runner.step()) steps++;
          return;
        } catch (error) {
          expect(error).toBeInstanceOf(StaleCheckpointError);
          stales++;
        }
      }
    };
    await Promise.all([race(stale), race(current)]);
    expect(steps).toBe(Math.ceil((await store.head()) / 100) - 1);
    expect(stales).toBeGreaterThan(0);
    await Promise.all([stale.close(), current.close()]);
    await expectRowsOfRebuild();
  });
});

describeOnPostgres('a PostgreSQL that goes away', () => {
  let postgres: PostgresProcess;

  beforeEach(async () => {
    await setUp();
    postgres = await startPostgres();
  });
  afterEach(async () => {
    await tearDown();
    await postgres.close();
  });

  it.each(['stop', 'crash'] as const)(
    'by a %s is waited for, said to be away, and gone on with where it was',
    async (how) => {
      const own = await freshDatabase(postgres.url);
      const events = history(4_000);
      const [first, second] = [await openViews(own.url), await openViews(own.url)];
      for (let from = 0; from < events.length; from += 1_000) {
        const head = await append(events.slice(from, from + 1_000));
        first.notify(head);
        second.notify(head);
        await pause(Math.random() * 200);
        await postgres.tell(how);
        await until(() => first.status().away !== undefined && second.status().away !== undefined);
        expect(await first.waitFor(head + 1, 50)).toBe(false);
        expect([await first.settled(50), await first.waitFor(first.position(), 50)]).toEqual([false, false]);
        await postgres.tell('start');
      }
      const head = await store.head();
      expect(await Promise.all([first.waitFor(head, LONG_MS), second.waitFor(head, LONG_MS)])).toEqual([true, true]);
      expect(first.status()).not.toHaveProperty('away');
      expect(first.status()).not.toHaveProperty('error');
      const page = await second.events.page({}, { position: head, limit: 10, order: 'desc' });
      expect(page.rows).toHaveLength(10);
      await expectRowsOfRebuild(own.url);
    },
  );
});
