import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { Batch, FromWriter, ToWriter } from '../../../src/event-store/sqlite/protocol.js';
import { NUMBERS_AN_OUTCOME, OUTCOME } from '../../../src/event-store/sqlite/protocol.js';
import type { QueueBounds } from '../../../src/event-store/sqlite/writer-queue.js';
import { WriterQueue } from '../../../src/event-store/sqlite/writer-queue.js';
import { appends } from '../../contract/helpers/events.js';

/** A writer's thread that answers only when the test says so. */
class ThreadByHand extends EventEmitter {
  readonly posted: Batch[] = [];
  isClosed = false;

  postMessage(message: ToWriter): void {
    if (message === 'close') {
      this.isClosed = true;
      this.emit('exit');
    } else this.posted.push(message);
  }

  say(message: FromWriter): void {
    this.emit('message', message);
  }

  /** Answers the oldest batch without an answer: every event is appended. */
  commit(batch: Batch): void {
    const events = batch.calls.reduce((sum, size) => sum + size, 0);
    const outcomes = new Float64Array(events * NUMBERS_AN_OUTCOME).fill(OUTCOME.appended);
    this.say({ kind: 'committed', outcomes, transactions: 1 });
  }

  callsOfBatches(): (readonly number[])[] {
    return this.posted.map(({ calls }) => calls);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const unavailable = expect.objectContaining({ code: 'unavailable' }) as unknown;

function start(bounds: Partial<QueueBounds> = {}) {
  const thread = new ThreadByHand();
  const all = { waitingEvents: 100, waitingCharacters: 1_000, batchEvents: 10, ...bounds };
  const queue = new WriterQueue(thread, undefined, all);
  const append = (count: number, characters = 1) => queue.append({ appends: appends('artifact-a', count) }, characters);
  return { thread, queue, append };
}

describe('the queue of the writer', () => {
  it('sends what comes in one turn as one batch, and what comes during two flights as the third', async () => {
    const { thread, append } = start();
    const answers = [append(1), append(2)];
    await turn();
    answers.push(append(1));
    await turn();
    answers.push(append(1), append(3));
    await turn();
    expect(thread.callsOfBatches()).toEqual([[1, 2], [1]]);
    thread.commit(thread.posted[0] as Batch);
    await turn();
    expect(thread.callsOfBatches()).toEqual([[1, 2], [1], [1, 3]]);
    thread.commit(thread.posted[1] as Batch);
    thread.commit(thread.posted[2] as Batch);
    expect((await Promise.all(answers)).map(({ length }) => length)).toEqual([1, 2, 1, 1, 3]);
  });

  it('bounds a batch by whole calls', async () => {
    const { thread, append } = start();
    for (const count of [6, 6, 30, 1]) void append(count);
    await turn();
    thread.commit(thread.posted[0] as Batch);
    await turn();
    thread.commit(thread.posted[1] as Batch);
    await turn();
    expect(thread.callsOfBatches()).toEqual([[6, 6], [30], [1]]);
  });

  it('refuses more events than may wait, and takes them again once there is room', async () => {
    const { thread, append } = start({ waitingEvents: 5 });
    const first = append(4);
    await expect(append(2)).rejects.toEqual(unavailable);
    const second = append(1);
    await turn();
    thread.commit(thread.posted[0] as Batch);
    await Promise.all([first, second]);
    void append(5);
    await turn();
    expect(thread.callsOfBatches()).toEqual([[4, 1], [5]]);
  });

  it('refuses more text than may wait, but never a lone call for its length', async () => {
    const { append } = start();
    void append(1, 5_000);
    await expect(append(1, 1)).rejects.toEqual(unavailable);
  });

  it('rejects a failed batch alone', async () => {
    const { thread, append } = start();
    const failed = append(1);
    await turn();
    const fine = append(1);
    await turn();
    thread.say({ kind: 'failed', code: 'unavailable', message: 'the disk is full' });
    await expect(failed).rejects.toThrow('the disk is full');
    thread.commit(thread.posted[1] as Batch);
    expect(await fine).toHaveLength(1);
  });

  it('rejects everything that waits, and everything after it, when the thread ends by itself', async () => {
    const { thread, queue, append } = start();
    const waiting = [append(1), queue.saveSnapshot({ stream: 'a', revision: 0, version: 1, state: '' })];
    await turn();
    waiting.push(append(2));
    thread.emit('error', new Error('out of memory'));
    thread.emit('exit');
    for (const result of await Promise.allSettled([...waiting, append(1)])) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
    await expect(append(1)).rejects.toThrow('out of memory');
    await queue.drained();
    await queue.close();
  });

  it('tells why the writer could not open', async () => {
    const { thread, queue } = start();
    thread.say({ kind: 'failed', code: 'in-use', message: 'somebody has it' });
    await expect(queue.opened()).rejects.toEqual(expect.objectContaining({ code: 'in-use' }));
  });

  it('is drained once everything is answered, and rejects what comes after it is closed', async () => {
    const { thread, queue, append } = start();
    const order: string[] = [];
    const answer = append(1).then(() => order.push('answered'));
    const drained = queue.drained().then(() => order.push('drained'));
    await turn();
    thread.commit(thread.posted[0] as Batch);
    await Promise.all([answer, drained]);
    expect(order).toEqual(['answered', 'drained']);
    await queue.close();
    expect(thread.isClosed).toBe(true);
    await expect(append(1)).rejects.toEqual(expect.objectContaining({ code: 'closed' }));
  });
});
