import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { StoreError, type Append } from '../../../src/event-store/port.js';
import type { StoreUnderTest } from '../event-store.contract.js';
import { append, appendAccepted, appends, idsOf, newEvent, positionsOf } from '../helpers/events.js';

export function describeReading(underTest: () => StoreUnderTest): void {
  const store = () => underTest().store;

  describe('when events are read', () => {
    let calls: Append[];
    beforeEach(async () => {
      calls = [...appends('environment-production', 3), ...appends('artifact-a', 2), ...appends('environment-test', 2)];
      await store().appendAll(calls);
    });

    it('reads a stream in order, from a revision, bounded', async () => {
      const read = async (from: number, limit: number) =>
        (await store().readStream('environment-production', from, limit)).map(({ revision }) => revision);
      expect(await read(0, 10)).toEqual([0, 1, 2]);
      expect(await read(1, 1)).toEqual([1]);
      expect(await read(2, 10)).toEqual([2]);
      expect(await read(3, 10)).toEqual([]);
      expect(await read(0, 0)).toEqual([]);
      expect(await store().readStream('environment-none', 0, 10)).toEqual([]);
    });

    it('reads the whole ledger in order, from a position, bounded', async () => {
      expect(idsOf(await store().readAll(0, 100))).toEqual(calls.map(({ event }) => event.id));
      expect(positionsOf(await store().readAll(2, 3))).toEqual([2, 3, 4]);
      expect(positionsOf(await store().readAll(6, 3))).toEqual([6]);
      expect(await store().readAll(7, 3)).toEqual([]);
    });

    it('reads the streams of a prefix in order, from a position, bounded', async () => {
      expect(positionsOf(await store().readCategory('environment-', 0, 100))).toEqual([0, 1, 2, 5, 6]);
      expect(positionsOf(await store().readCategory('environment-', 1, 3))).toEqual([1, 2, 5]);
      expect(positionsOf(await store().readCategory('environment-t', 0, 3))).toEqual([5, 6]);
      expect(await store().readCategory('environment-', 7, 3)).toEqual([]);
      expect(await store().readCategory('nvironment-', 0, 3)).toEqual([]);
      expect(await store().readCategory('environment_', 0, 3)).toEqual([]);
      expect(await store().readCategory('%', 0, 3)).toEqual([]);
    });

    it('finds an event by its id', async () => {
      expect(await store().findById(calls[4]?.event.id ?? '')).toMatchObject({ position: 4, stream: 'artifact-a' });
      expect(await store().findById(randomUUID())).toBeUndefined();
      expect(await store().findById('not-a-uuid')).toBeUndefined();
    });

    it('does not take a limit that is none', async () => {
      await expect(store().readAll(0, -1)).rejects.toThrow(RangeError);
      await expect(store().readStream('artifact-a', 0, Number.POSITIVE_INFINITY)).rejects.toThrow(RangeError);
      await expect(store().readCategory('artifact-', 0, Number.NaN)).rejects.toThrow(RangeError);
    });

    it('sees an event as soon as its append is answered', async () => {
      const { position } = await appendAccepted(store(), append('artifact-a', 1));
      expect(await store().head()).toBe(position);
      expect(await store().readStream('artifact-a', 2, 1)).toHaveLength(1);
    });
  });

  it('gives back every text and byte as it was given', async () => {
    const texts = [
      '{"a":[1e+30,0.002,-0,1e-7],"b":"\\u0000\\b\\t\\n\\f\\r\\"\\\\","€":"Euro","\u{1f600}":"\u{10ffff}\u2028\u2029"}',
      '{"text":"  spaces and\\ttabs stay  ","e\u0301":"\u00e9","z":"\ufeff\u202e\ufffd"}',
      `{"long":"${'\u6f22\u5b57x'.repeat(40_000)}"}`,
      '{}',
    ];
    const salts = Uint8Array.from({ length: 48 }, (_, index) => (index * 37) % 256);
    const stream = 'environment-\u00fcn\u00efc\u00f6de \u{1f600}';
    const events = texts.map((text, index) =>
      newEvent({
        data: text,
        remarks: texts[(index + 1) % texts.length] ?? '',
        meta: texts[(index + 2) % texts.length] ?? '',
        actor: 'person:\u{1f680}',
        type: `T\u00ffpe${index}.v1`,
        occurredAt: `0001-01-01T23:59:59.00${index}Z`,
        salts,
      }),
    );
    await store().appendAll(events.map((event, index) => ({ stream, expectedRevision: index - 1, event })));
    for (const open of [() => Promise.resolve(store()), () => underTest().reopen()]) {
      const opened = await open();
      const written = events.map((event, index) => ({ ...event, stream, revision: index }));
      const plain = <Event extends { salts: Uint8Array }>(event: Event) => ({
        ...event,
        salts: Uint8Array.from(event.salts),
      });
      expect((await opened.readStream(stream, 0, 10)).map(plain)).toMatchObject(written);
      expect((await opened.readAll(0, 10)).map(plain)).toEqual(
        written.map((event, index) => ({ ...event, position: index, recordedAt: expect.any(String) })),
      );
    }
  });

  it('refuses everything once it is closed', async () => {
    const closed = store();
    await closed.appendAll(appends('artifact-a', 1));
    await closed.close();
    await closed.close();
    const ignore = () => undefined;
    const closedError = expect.objectContaining({ name: 'StoreError', code: 'closed' }) as unknown;
    await expect(closed.appendAll(appends('artifact-a', 1, 0))).rejects.toEqual(closedError);
    await expect(closed.readAll(0, 1)).rejects.toEqual(closedError);
    await expect(closed.head()).rejects.toEqual(closedError);
    expect(() => closed.subscribe(0, ignore, ignore)).toThrow(StoreError);
  });

  it('writes what waits before it closes', async () => {
    const waiting = store().appendAll(appends('artifact-a', 5));
    const [outcomes] = await Promise.all([waiting, store().close()]);
    expect(outcomes).toHaveLength(5);
    expect(await (await underTest().reopen()).head()).toBe(4);
  });
}
