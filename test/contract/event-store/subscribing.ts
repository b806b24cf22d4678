import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import type { StoreUnderTest } from '../event-store.contract.js';
import { append, appendOne, appends, positionsOf, upTo } from '../helpers/events.js';
import { eventually } from '../../support/eventually.js';

export function describeSubscribing(underTest: () => StoreUnderTest): void {
  const store = () => underTest().store;
  const fail = (error: unknown) => {
    throw error;
  };

  describe('when a reader subscribes', () => {
    it('hands over what is there, then what comes, in order, once each', async () => {
      await store().appendAll(appends('artifact-a', 1_200));
      const seen: number[] = [];
      const subscription = store().subscribe(0, (events) => void seen.push(...positionsOf(events)), fail);
      const more = upTo(60).map((index) => appendOne(store(), append(`artifact-b-${index}`, -1)));
      await Promise.all(more);
      await store().appendAll(appends('artifact-a', 10, 1_199));
      await eventually(() => seen.length >= 1_270);
      await subscription.close();
      expect(seen).toEqual(upTo(1_270));
    });

    it('starts at the position that it is given, also one that is not there yet', async () => {
      await store().appendAll(appends('artifact-a', 5));
      const [early, late]: [number[], number[]] = [[], []];
      store().subscribe(3, (events) => void early.push(...positionsOf(events)), fail);
      store().subscribe(6, (events) => void late.push(...positionsOf(events)), fail);
      await store().appendAll(appends('artifact-a', 3, 4));
      await eventually(() => early.length >= 5 && late.length >= 2);
      expect([early, late]).toEqual([
        [3, 4, 5, 6, 7],
        [6, 7],
      ]);
    });

    it('gives no batch before the handler is done with the one before', async () => {
      await store().appendAll(appends('artifact-a', 1_500));
      const seen: number[] = [];
      let atWork = 0;
      let mostAtWork = 0;
      const handle = async (events: readonly RecordedEvent[]) => {
        mostAtWork = Math.max(mostAtWork, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 10));
        seen.push(...positionsOf(events));
        atWork -= 1;
      };
      store().subscribe(0, handle, fail);
      await store().appendAll(appends('artifact-b', 20));
      await eventually(() => seen.length >= 1_520);
      expect(seen).toEqual(upTo(1_520));
      expect(mostAtWork).toBe(1);
    });

    it('is taken up again where it stopped, with nothing skipped or repeated', async () => {
      const seen: number[] = [];
      let next = 0;
      for (let round = 0; round < 5; round++) {
        const subscription = store().subscribe(
          next,
          (events) => {
            seen.push(...positionsOf(events));
            next = (seen.at(-1) ?? -1) + 1;
          },
          fail,
        );
        await store().appendAll(appends(`artifact-${round}`, 30));
        await subscription.close();
      }
      store().subscribe(next, (events) => void seen.push(...positionsOf(events)), fail);
      await eventually(() => seen.length >= 150);
      expect(seen).toEqual(upTo(150));
    });

    it('waits for the handler at work when it is closed, and hands over nothing more', async () => {
      let started = false;
      let finished = 0;
      const subscription = store().subscribe(
        0,
        async () => {
          started = true;
          await new Promise((resolve) => setTimeout(resolve, 30));
          finished += 1;
        },
        fail,
      );
      await store().appendAll(appends('artifact-a', 1));
      await eventually(() => started);
      await subscription.close();
      expect(finished).toBe(1);
      await store().appendAll(appends('artifact-a', 1, 0));
      expect(finished).toBe(1);
    });

    it('ends with the error of a handler that throws, and leaves others alone', async () => {
      const errors: unknown[] = [];
      const seen: number[] = [];
      let calls = 0;
      const failing = () => {
        calls += 1;
        throw new Error('no more');
      };
      const subscription = store().subscribe(0, failing, (error) => errors.push(error));
      store().subscribe(0, (events) => void seen.push(...positionsOf(events)), fail);
      await store().appendAll(appends('artifact-a', 1));
      await eventually(() => errors.length > 0);
      await store().appendAll(appends('artifact-a', 1, 0));
      await eventually(() => seen.length >= 2);
      expect(errors).toEqual([new Error('no more')]);
      expect(calls).toBe(1);
      await subscription.close();
    });

    it('ends quietly when the store is closed', async () => {
      const errors: unknown[] = [];
      store().subscribe(
        0,
        () => undefined,
        (error) => errors.push(error),
      );
      await store().appendAll(appends('artifact-a', 1));
      await store().close();
      expect(errors).toEqual([]);
    });
  });
}
