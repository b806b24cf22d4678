import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RefusalCounts } from '../../../src/commands/refusal-counts.js';
import { StoreError } from '../../../src/event-store/port.js';
import { bake, ENVELOPE, Harness, promote, REFUSALS_PER_MINUTE } from './harness.js';

const MINUTE_START = new Date('2026-01-01T12:00:00.000Z');
const later = (seconds: number) => new Date(MINUTE_START.getTime() + seconds * 1_000);

let harness: Harness;
let counts: RefusalCounts;
let lines: string[];
beforeEach(async () => {
  harness = await Harness.open();
  await harness.prepare();
  harness.now = later(1);
  lines = [];
  counts = new RefusalCounts({
    ...{ processor: harness.processor, bound: harness.refusals, log: (line: string) => lines.push(line) },
    ...{ clock: () => harness.now ?? new Date(), onRecorded: () => undefined },
  });
});
afterEach(async () => {
  await counts.onApplicationShutdown();
  await harness.close();
});

const refuse = async (times: number) => {
  for (let n = 0; n < times; n++) await harness.environment(promote(1));
};
const counted = async () =>
  (await harness.store.readCategory('access-', 0, 99)).map(({ actor, stream, type, data }) => {
    return { actor, stream, type, ...(JSON.parse(data) as object) };
  });

describe('refusals beyond the bound', () => {
  it('are decided, answered and not written', async () => {
    await refuse(REFUSALS_PER_MINUTE);
    const head = await harness.store.head();
    expect(await harness.environment(promote(1))).toEqual({
      status: 'too-many-refusals',
      refusal: expect.objectContaining({ reason: 'artifact-unknown', detail: expect.any(String) }),
      retryAfterMs: 59_000,
    });
    expect(await harness.store.head()).toBe(head);
  });

  it('hold up nothing that is allowed, nor the answer to what was refused before', async () => {
    const keyed = { ...ENVELOPE, idempotencyKey: 'first' };
    const first = await harness.environment(promote(1), keyed);
    await refuse(REFUSALS_PER_MINUTE);
    expect(await harness.environment(promote(1), keyed)).toEqual({ ...first, repeated: true });
    expect(await harness.artifact(bake(1))).toMatchObject({ status: 'accepted' });
    expect(await harness.environment(promote(1))).toMatchObject({ status: 'accepted' });
  });

  it('leave a key free: sent again, it is decided again', async () => {
    await refuse(REFUSALS_PER_MINUTE);
    const keyed = { ...ENVELOPE, idempotencyKey: 'again' };
    expect(await harness.environment(promote(1), keyed)).toMatchObject({ status: 'too-many-refusals' });
    harness.now = later(61);
    expect(await harness.environment(promote(1), keyed)).toMatchObject({ status: 'refused', repeated: false });
  });

  it('are no matter of imports', async () => {
    await refuse(REFUSALS_PER_MINUTE + 1);
    const line = harness.importItem(promote(1), { actor: ENVELOPE.actor, channel: 'import', pipeline: 'shop' });
    expect(await harness.processor.executeAll([line])).toMatchObject([{ status: 'refused' }]);
  });

  it('take one place each, however often they are decided', async () => {
    await refuse(REFUSALS_PER_MINUTE - 2);
    harness.beforeAppend = async () => {
      harness.beforeAppend = undefined;
      const event = (await harness.store.readStream('environment-staging', 0, 1))[0];
      const other = { ...event, id: '0197a3c4-5d6e-7f80-9123-456789abcdef', remarks: '{}' };
      await harness.store.appendAll([{ stream: 'environment-staging', expectedRevision: 0, event: other as never }]);
    };
    await Promise.all([harness.environment(promote(1)), harness.environment(promote(1))]);
    expect(await harness.environment(promote(1))).toMatchObject({ status: 'too-many-refusals' });
  });
});

describe('the count of refusals', () => {
  const ofMinute = {
    ...{ actor: 'cairn', stream: 'access-shop-ci', type: 'RefusalsCounted.v1', subject: 'shop-ci', pipeline: 'shop' },
    ...{ from: MINUTE_START.toISOString(), until: later(60).toISOString() },
  };

  it('is one event a caller and minute, once the minute is over', async () => {
    await refuse(REFUSALS_PER_MINUTE + 3);
    await counts.record();
    expect(await counted()).toEqual([]);
    harness.now = later(60);
    await counts.record();
    await counts.record();
    expect(await counted()).toEqual([{ ...ofMinute, count: 3, reasons: { 'artifact-unknown': 3 } }]);
  });

  it('is written when the server stops, up to then', async () => {
    await refuse(REFUSALS_PER_MINUTE + 1);
    harness.now = later(5);
    await counts.onApplicationShutdown();
    expect(await counted()).toEqual([
      { ...ofMinute, until: later(5).toISOString(), count: 1, reasons: { 'artifact-unknown': 1 } },
    ]);
  });

  it('waits for a store that is away, and is written once', async () => {
    await refuse(REFUSALS_PER_MINUTE + 2);
    harness.now = later(60);
    harness.failNext = new StoreError('unavailable', 'away');
    await counts.record();
    expect(await counted()).toEqual([]);
    await Promise.all([counts.record(), counts.record()]);
    expect(await counted()).toMatchObject([{ count: 2 }]);
  });

  it('is said in the log where it cannot be written at the end', async () => {
    await refuse(REFUSALS_PER_MINUTE + 2);
    harness.failNext = new StoreError('unavailable', 'away');
    await counts.onApplicationShutdown();
    expect(lines).toEqual([expect.stringContaining('2 refusals could not be written')]);
  });
});
