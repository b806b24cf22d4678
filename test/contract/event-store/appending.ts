import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { StoreUnderTest } from '../event-store.contract.js';
import { append, appendAccepted, appendOne, appends, everything, idsOf, newEvent, upTo } from '../helpers/events.js';

export function describeAppending(underTest: () => StoreUnderTest): void {
  const store = () => underTest().store;

  describe('when events are appended', () => {
    it('gives them dense positions in the ledger and dense revisions in their streams', async () => {
      expect(await store().head()).toBe(-1);
      const outcomes = await store().appendAll([
        append('artifact-a', -1),
        append('artifact-b', -1),
        append('artifact-a', 0),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'appended', position: 0, revision: 0, repeated: false },
        { status: 'appended', position: 1, revision: 0, repeated: false },
        { status: 'appended', position: 2, revision: 1, repeated: false },
      ]);
      expect(await store().head()).toBe(2);
    });

    it('goes on where it stopped after being opened again', async () => {
      await store().appendAll(appends('artifact-a', 3));
      const again = await underTest().reopen();
      expect(await appendOne(again, append('artifact-a', 2))).toMatchObject({ position: 3, revision: 3 });
      expect(await everything(again)).toHaveLength(4);
    });

    it('answers no appends with no outcomes', async () => {
      expect(await store().appendAll([])).toEqual([]);
      expect(await store().head()).toBe(-1);
    });

    it('takes what is not a UUID, a time, a revision or a stream for the mistake that it is', async () => {
      const wrong = [
        append('artifact-a', -1, { id: 'not-a-uuid' }),
        append('artifact-a', -1, { id: randomUUID().toUpperCase() }),
        append('artifact-a', -1, { occurredAt: '2026-03-01' }),
        append('artifact-a', -1, { salts: new Uint8Array(3) }),
        append('artifact-a', -2),
        append('', -1),
      ];
      for (const one of wrong) await expect(store().appendAll([one])).rejects.toThrow(TypeError);
      expect(await store().head()).toBe(-1);
    });
  });

  describe('when a stream is not at the expected revision', () => {
    it('answers the actual one and leaves no trace', async () => {
      await store().appendAll(appends('artifact-a', 2));
      expect(await appendOne(store(), append('artifact-a', 0))).toEqual({ status: 'conflict', actualRevision: 1 });
      expect(await appendOne(store(), append('artifact-a', -1))).toEqual({ status: 'conflict', actualRevision: 1 });
      expect(await appendOne(store(), append('artifact-a', 9))).toEqual({ status: 'conflict', actualRevision: 1 });
      expect(await appendOne(store(), append('artifact-a', 1))).toMatchObject({ position: 2, revision: 2 });
    });

    it('answers -1 for a stream that is not there, and does not make it', async () => {
      expect(await appendOne(store(), append('artifact-a', 0))).toEqual({ status: 'conflict', actualRevision: -1 });
      expect(await store().readStream('artifact-a', 0, 10)).toEqual([]);
      expect(await appendOne(store(), append('artifact-a', -1))).toMatchObject({ position: 0, revision: 0 });
    });

    it('lets the same event in at the right revision afterwards', async () => {
      const event = newEvent();
      await store().appendAll(appends('artifact-a', 1));
      expect(await appendOne(store(), { stream: 'artifact-a', expectedRevision: 5, event })).toMatchObject({
        status: 'conflict',
      });
      expect(await appendOne(store(), { stream: 'artifact-a', expectedRevision: 0, event })).toMatchObject({
        status: 'appended',
        position: 1,
        repeated: false,
      });
    });
  });

  describe('when a call has several appends', () => {
    it('keeps those before the first that cannot be appended, and does not attempt those after it', async () => {
      const call = [append('artifact-a', -1), append('artifact-a', 7), append('artifact-b', -1)];
      expect(await store().appendAll(call)).toMatchObject([
        { status: 'appended', position: 0 },
        { status: 'conflict', actualRevision: 0 },
        { status: 'not-attempted' },
      ]);
      expect(idsOf(await everything(store()))).toEqual([call[0]?.event.id]);
    });

    it('does not stop another call that waits at the same time', async () => {
      const [first, second] = await Promise.all([
        store().appendAll([append('artifact-a', 3), append('artifact-a', -1)]),
        store().appendAll(appends('artifact-b', 2)),
      ]);
      expect(first.map(({ status }) => status)).toEqual(['conflict', 'not-attempted']);
      expect(second.map(({ status }) => status)).toEqual(['appended', 'appended']);
    });

    it('goes on after a repeated event', async () => {
      const known = append('artifact-a', -1);
      await appendOne(store(), known);
      expect(await store().appendAll([known, append('artifact-a', 0)])).toMatchObject([
        { status: 'appended', position: 0, repeated: true },
        { status: 'appended', position: 1, repeated: false },
      ]);
    });
  });

  describe('when an event id comes again', () => {
    it('answers as the first time for the same stream, whatever revision is expected now', async () => {
      const one = append('artifact-a', -1);
      const first = await appendAccepted(store(), one);
      await store().appendAll(appends('artifact-a', 2, 0));
      for (const expectedRevision of [-1, 0, 2, 40]) {
        expect(await appendOne(store(), { ...one, expectedRevision })).toEqual({ ...first, repeated: true });
      }
      expect(await store().head()).toBe(2);
    });

    it('still knows it after being opened again', async () => {
      const one = append('artifact-a', -1);
      const first = await appendAccepted(store(), one);
      const again = await underTest().reopen();
      expect(await appendOne(again, one)).toEqual({ ...first, repeated: true });
    });

    it('refuses it for another stream, and makes neither that stream nor its type', async () => {
      const { event } = append('artifact-a', -1);
      await appendOne(store(), { stream: 'artifact-a', expectedRevision: -1, event });
      await appendOne(store(), append('artifact-c', -1));
      const taken = { event: { ...event, type: 'Other.v1' } };
      for (const [stream, expectedRevision] of [
        ['artifact-b', -1],
        ['artifact-c', 0],
        ['artifact-c', 8],
      ] as const) {
        expect(await appendOne(store(), { stream, expectedRevision, ...taken })).toEqual({ status: 'id-taken' });
      }
      expect(await appendOne(store(), append('artifact-b', -1))).toMatchObject({ position: 2, revision: 0 });
    });

    it('sees it within one call and among calls that wait together', async () => {
      const one = append('artifact-a', -1);
      const elsewhere = { ...one, stream: 'artifact-b' };
      const [first, second, third] = await Promise.all([
        store().appendAll([one, { ...one, expectedRevision: 0 }, one]),
        store().appendAll([one]),
        store().appendAll([elsewhere]),
      ]);
      expect(first.map((outcome) => outcome.status === 'appended' && outcome.repeated)).toEqual([false, true, true]);
      expect(second).toEqual([{ ...first[0], repeated: true }]);
      expect(third).toEqual([{ status: 'id-taken' }]);
      expect(await store().head()).toBe(0);
    });
  });

  it('never lets its clock go back along positions', async () => {
    const before = new Date().toISOString();
    await store().appendAll(appends('artifact-a', 20));
    await Promise.all(upTo(50).map((index) => appendOne(store(), append(`artifact-${index}-b`, -1))));
    const times = (await everything(store())).map(({ recordedAt }) => recordedAt);
    expect(times).toEqual([...times].sort());
    expect(times.every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time))).toBe(true);
    expect((times[0] ?? '') >= before).toBe(true);
  });

  it('answers the same recordedAt as it reads later', async () => {
    const { recordedAt, position } = await appendAccepted(store(), append('artifact-a', -1));
    expect(await store().readAll(position, 1)).toMatchObject([{ recordedAt }]);
  });
}
