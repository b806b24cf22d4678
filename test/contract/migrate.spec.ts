import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { STREAM_PREFIXES } from '../../src/domain/streams.js';
import { KurrentDbMoveTarget } from '../../src/event-store/kurrentdb/move-target.js';
import { KurrentDbEventStore } from '../../src/event-store/kurrentdb/store.js';
import { eraseRemarks, planErasures } from '../../src/erase/erase.js';
import { SqliteEraser } from '../../src/event-store/sqlite/eraser.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/store.js';
import type { RecordedEvent } from '../../src/event-store/port.js';
import { migrate, type Outcome, type Phase } from '../../src/migrate/migrate.js';
import { append, appendAccepted, appendOne, appends, everything, newEvent, upTo } from './helpers/events.js';
import { FAULTS } from './kurrentdb/stand-in/faults.js';
import { StandIn } from './kurrentdb/stand-in/stand-in.js';

const EVENTS = 1_050;
const SAME = {
  events: EVENTS,
  head: EVENTS - 1,
  differences: 0,
  stranger: undefined,
  root: expect.stringMatching(/^[0-9a-f]{64}$/),
};

describe('moving a ledger to KurrentDB', () => {
  let folder: string;
  let source: SqliteEventStore;
  let standIn: StandIn;
  const opened: { close(): Promise<unknown> }[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-move-'));
    source = await openSource('ledger.db');
    await source.appendAll(history());
    standIn = await StandIn.start();
  });
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
    await standIn.stop();
    rmSync(folder, { recursive: true });
  });

  const openSource = async (name: string): Promise<SqliteEventStore> => {
    const store = await SqliteEventStore.open({ file: join(folder, name) });
    opened.push(store);
    return store;
  };
  const openThere = async (): Promise<KurrentDbEventStore> => {
    const store = await KurrentDbEventStore.open({ url: standIn.url, prefixes: STREAM_PREFIXES });
    opened.push(store);
    return store;
  };

  interface Options {
    readonly from?: Pick<SqliteEventStore, 'head' | 'readAll'>;
    readonly isVerifyOnly?: boolean;
    readonly onProgress?: (phase: Phase, done: number) => void;
    readonly signal?: AbortSignal;
  }

  async function move({ from = source, isVerifyOnly = false, onProgress, signal }: Options = {}): Promise<Outcome> {
    const target = KurrentDbMoveTarget.open(standIn.url, STREAM_PREFIXES);
    try {
      return await migrate({
        source: from,
        target,
        isVerifyOnly,
        onProgress: onProgress ?? (() => undefined),
        signal: signal ?? new AbortController().signal,
      });
    } finally {
      await target.close();
    }
  }

  /** Moves until so many events are there. */
  async function moveSome(events: number): Promise<Outcome> {
    const abort = new AbortController();
    const onProgress = (phase: Phase, done: number) => void (phase === 'copy' && done >= events && abort.abort());
    return move({ onProgress, signal: abort.signal });
  }

  it('keeps everything that an event has, and says so', async () => {
    expect(await move()).toMatchObject({ ...SAME, before: 0, since: 0 });
    const there = await openThere();
    expect(plain(await everything(there))).toEqual(plain(await everything(source)));
    expect(await there.readStream('environment-dev', 0, 10)).toHaveLength(10);
  });

  it('carries events whose remarks were erased, with the hash that their leaf has', async () => {
    const before = await everything(source);
    await source.close();
    const eraser = SqliteEraser.open({ file: join(folder, 'ledger.db') });
    // One in a run with others, one whose remarks were long, and the last.
    const erased = [600, 103, EVENTS - 1];
    const ids = erased.map((position) => before[position]?.id ?? '');
    const { toErase } = await planErasures(eraser, ids, 'named a person');
    for (const planned of toErase) eraseRemarks(eraser, planned, { actor: 'admin', now: new Date() });
    await eraser.close();
    source = await openSource('ledger.db');
    const same = { ...SAME, events: EVENTS + 3, head: EVENTS + 2 };
    expect(await move()).toMatchObject(same);
    expect(await move({ isVerifyOnly: true })).toMatchObject(same);

    const there = await openThere();
    expect(plain(await everything(there))).toEqual(plain(await everything(source)));
    for (const id of ids) {
      expect(await there.findById(id)).toMatchObject({ remarks: null, remarksHash: expect.stringMatching(/^\w{64}$/) });
    }
    expect(await there.readStream('erasures', 0, 10)).toHaveLength(3);
  });

  it('does not carry an event that has lost its remarks in another way', async () => {
    const [event] = (await source.readAll(9, 1)) as [RecordedEvent];
    const readAll = async (from: number, limit: number) =>
      (await source.readAll(from, limit)).map((one) => (one.id === event.id ? { ...one, remarks: null } : one));
    const moved = move({ from: { head: () => source.head(), readAll } });
    await expect(moved).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining(event.id) });
    expect(await move({ onProgress: () => undefined })).toMatchObject(SAME);
  });

  it('leaves a ledger that goes on as if nothing had happened', async () => {
    await move();
    const there = await openThere();
    const [known] = await source.readAll(700, 1);
    const { position, recordedAt, stream, revision, ...event } = known as RecordedEvent;
    expect(await there.findById(event.id)).toMatchObject({ position, recordedAt, stream, revision });
    const again = { stream, expectedRevision: revision - 1, event: { ...event, remarks: event.remarks ?? '' } };
    expect(await appendOne(there, again)).toEqual({
      status: 'appended',
      position,
      recordedAt,
      revision,
      repeated: true,
    });
    expect(await appendOne(there, { ...again, stream: 'pipeline-other' })).toEqual({ status: 'id-taken' });

    const before = (await source.readAll(EVENTS - 1, 1))[0]?.recordedAt ?? '';
    for (const next of upTo(3)) {
      const appended = await appendAccepted(there, append('pipeline-new', next - 1));
      expect(appended.position).toBe(EVENTS + next);
      expect(appended.recordedAt >= before).toBe(true);
    }
    const other = await openThere();
    expect((await appendAccepted(other, append('pipeline-new', 2))).position).toBe(EVENTS + 3);
    expect((await everything(other)).map((one) => one.position)).toEqual(upTo(EVENTS + 4));
  });

  it('keeps times of record that lie behind the server’s clock, or ahead of it', async () => {
    standIn.log.skewMs = -86_400_000;
    await move();
    const there = await openThere();
    const last = (await source.readAll(EVENTS - 1, 1))[0] as RecordedEvent;
    expect((await there.findById(last.id))?.recordedAt).toBe(last.recordedAt);
    expect((await appendAccepted(there, append('pipeline-new', -1))).recordedAt).toBe(last.recordedAt);
    standIn.log.skewMs = 86_400_000;
    expect(Date.parse((await appendAccepted(there, append('pipeline-new', 0))).recordedAt)).toBeGreaterThan(Date.now());
  });

  it('goes on where it was, writes nothing twice, and compares again what was moved', async () => {
    expect(await moveSome(500)).toMatchObject({ stoppedAfter: 500, events: 0 });
    expect(await moveSome(700)).toMatchObject({ stoppedAfter: 1_000, before: 500 });
    expect(await move()).toMatchObject({ ...SAME, before: 1_000 });
    const records = standIn.log.all.length;
    expect(records).toBe(3 * EVENTS + 2);
    expect(await move()).toMatchObject({ ...SAME, before: EVENTS });
    expect(await move({ isVerifyOnly: true })).toMatchObject(SAME);
    expect(standIn.log.all).toHaveLength(records);
  });

  it('goes on with a ledger that has grown since the last run was cut off', async () => {
    await move({ from: shorter(EVENTS - 5) });
    // As after a kill between the last events and their links.
    const links = standIn.log.stream('cairn-ledger') as unknown[];
    const cut = links.splice(1_000).length;
    (standIn.log.stream('cairn-move') as unknown[]).splice(1);
    expect(cut).toBeGreaterThan(0);
    expect(await move()).toMatchObject({ ...SAME, before: 1_000 });
  });

  it.each(FAULTS)('gets through %s', async (fault) => {
    const injected: Promise<void>[] = [];
    const onProgress = (phase: Phase, done: number) => {
      if (phase === 'copy' || done % 1_000 === 0) injected.push(standIn.inject(fault));
    };
    const outcome = await move({ onProgress });
    await Promise.all(injected);
    expect(outcome).toMatchObject(SAME);
    expect(standIn.log.stream('cairn-ledger')).toHaveLength(EVENTS);
  });

  describe('is refused', () => {
    it('where a ledger is', async () => {
      const there = await openThere();
      await there.appendAll(appends('pipeline-there', 3));
      await expect(move()).rejects.toMatchObject({ code: 'occupied', message: expect.stringContaining('3 events') });
      expect(await there.head()).toBe(2);
    });

    it('where a part of another ledger is, or of this one with another event in it', async () => {
      await moveSome(500);
      const other = await openSource('other.db');
      await other.appendAll(history());
      await expect(move({ from: other })).rejects.toMatchObject({ code: 'occupied' });
      await expect(move({ from: shorter(400) })).rejects.toMatchObject({ code: 'occupied' });
    });

    it('once both were written after it', async () => {
      await move();
      await source.appendAll(appends('pipeline-late', 2));
      await expect(move()).rejects.toMatchObject({
        code: 'occupied',
        message: expect.stringContaining('2 events more'),
      });
    });

    it('for nothing', async () => {
      await expect(move({ from: await openSource('empty.db') })).rejects.toMatchObject({ code: 'nothing-to-move' });
      await expect(move({ isVerifyOnly: true })).rejects.toMatchObject({ code: 'not-moved' });
      await moveSome(500);
      await expect(move({ isVerifyOnly: true })).rejects.toMatchObject({ code: 'not-moved' });
    });
  });

  describe('while it is not finished', () => {
    it('no server opens the copy', async () => {
      await moveSome(500);
      await expect(openThere()).rejects.toMatchObject({ code: 'unfinished' });
      await move();
      expect(await (await openThere()).head()).toBe(EVENTS - 1);
    });

    it('a server that was open before it began writes nothing', async () => {
      const there = await openThere();
      let refusal: unknown;
      const onProgress = async (phase: Phase, done: number) => {
        if (phase !== 'copy' || done !== 500) return;
        refusal = await appendOne(there, append('pipeline-there', -1)).catch((error: unknown) => error);
      };
      expect(await move({ onProgress: (phase, done) => void onProgress(phase, done) })).toMatchObject(SAME);
      expect(refusal).toMatchObject({ code: 'unfinished' });
    });

    it('an event or a link that somebody else has written stops it', async () => {
      const event = (stream: string) => () => {
        const { id, type, data } = newEvent({ id: randomUUID() });
        const text = (value: string) => Buffer.from(value);
        const proposed = { id, type, contentType: 'application/json', data: text(data), metadata: text('{"cairn":1}') };
        standIn.log.append(stream, 'any', [proposed]);
      };
      const once = (write: () => void) => (phase: Phase, done: number) =>
        void (phase === 'copy' && done === 500 && write());
      const writes = { 'cairn-ledger': once(event('cairn-ledger')), 'environment-dev': once(event('environment-dev')) };
      for (const onProgress of Object.values(writes)) {
        await expect(move({ onProgress })).rejects.toMatchObject({ code: 'in-use' });
        await expect(openThere()).rejects.toMatchObject({ code: 'unfinished' });
        await standIn.stop();
        standIn = await StandIn.start();
      }
      const outcome = await move({ onProgress: once(event('pipeline-theirs')) });
      expect(outcome).toMatchObject({ ...SAME, stranger: expect.stringContaining('event 0 of pipeline-theirs') });
      await expect(openThere()).rejects.toMatchObject({ code: 'unfinished' });
    });
  });

  it('tells every difference with its position and its ids', async () => {
    await move();
    const isEvent = ({ stream }: { stream: string }) => /^(environment|artifact)-/.test(stream);
    const [, second, third] = standIn.log.all.filter(isEvent) as unknown as { data: Uint8Array; id: string }[];
    if (second) second.data = Buffer.from('{"component":"another"}');
    const id = third?.id;
    if (third) third.id = randomUUID();
    const { differences, told } = await move({ isVerifyOnly: true });
    const secondId = (await source.readAll(1, 1))[0]?.id ?? '';
    expect(differences).toBe(2);
    expect(told).toEqual([
      {
        position: 1,
        what: expect.stringMatching(new RegExp(`^${secondId} has the leaf hash \\w{64} here and \\w{64} there`)),
      },
      { position: 2, what: `${id} is ${third?.id} there` },
    ]);
  });

  /** The beginning of the ledger, as it was when it had so many events. */
  function shorter(events: number): Pick<SqliteEventStore, 'head' | 'readAll'> {
    return {
      head: () => Promise.resolve(events - 1),
      readAll: (from, limit) => source.readAll(from, Math.max(0, Math.min(limit, events - from))),
    };
  }
});

/** Streams in turn and in runs, some texts that JSON would write otherwise, and some that are large. */
function history(): ReturnType<typeof append>[] {
  const revisions = new Map<string, number>();
  return upTo(EVENTS).map((index) => {
    const streams = [`artifact-${index}`, 'environment-dev', 'environment-production', 'environment-production'];
    const stream = streams[index % 11 < 8 ? index % 4 : 3] ?? '';
    const revision = revisions.get(stream) ?? -1;
    revisions.set(stream, revision + 1);
    const data = index % 50 === 0 ? '{"9":1,"b":-0,"10":2}' : `{"n":${index}}`;
    const remarks = index % 100 === 3 ? `{"reason":"${'long '.repeat(10_000)}"}` : '{"reason":"größer"}';
    return append(stream, revision, { data, remarks });
  });
}

const plain = (events: readonly RecordedEvent[]): unknown[] =>
  events.map(({ salts, ...event }) => ({ ...event, salts: Buffer.from(salts).toString('hex') }));
