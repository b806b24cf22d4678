import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encode } from '../../../src/commands/encoding.js';
import { newEventId } from '../../../src/commands/event-id.js';
import { environmentFolding } from '../../../src/commands/aggregates/foldings.js';
import { StateCache } from '../../../src/commands/state-cache.js';
import { StoreError } from '../../../src/event-store/port.js';
import { ENVELOPE, Harness, bake, digestOf, promote } from './harness.js';

let harness: Harness;
beforeEach(async () => {
  harness = await Harness.open();
  await harness.prepare();
});
afterEach(() => harness.close());

const keyed = (idempotencyKey: string) => ({ ...ENVELOPE, idempotencyKey });

describe('an accepted command', () => {
  it('is one event with its receipt, its metadata and what it was decided against', async () => {
    await harness.artifact(bake(1));
    const result = await harness.environment(promote(1));
    expect(result).toMatchObject({
      status: 'accepted',
      type: 'ArtifactPromoted.v1',
      receipt: { stream: 'environment-staging', revision: 1, position: 4 },
    });
    const [event] = await harness.store.readStream('environment-staging', 1, 1);
    expect(event?.actor).toBe('shop-ci');
    expect(JSON.parse(event?.meta ?? '')).toMatchObject({
      channel: 'api',
      pipeline: 'shop',
      decidedAgainst: { 'environment-staging': 0, 'pipeline-shop': 0, [`artifact-sha256-${digestOf(1).slice(7)}`]: 0 },
    });
    expect(JSON.parse(event?.remarks ?? '')).toEqual({ reason: 'release' });
  });
});

describe('a refused command', () => {
  it('is an event in a stream of its own, and moves nothing else', async () => {
    const result = await harness.environment(promote(1));
    const eventId = result.status === 'refused' ? result.receipt.eventId : '';
    expect(result).toMatchObject({ status: 'refused', refusal: { reason: 'artifact-unknown' } });
    const [event] = await harness.store.readStream(`refusal-${eventId}`, 0, 9);
    expect(event).toMatchObject({ id: eventId, type: 'ChangeRefused.v1', revision: 0 });
    expect(JSON.parse(event?.data ?? '')).toMatchObject({
      command: 'promote',
      environment: 'staging',
      policyRevision: 0,
      reason: 'artifact-unknown',
      subject: { digest: digestOf(1), pipeline: 'shop' },
    });
    expect(await harness.store.readStream('environment-staging', 0, 9)).toHaveLength(1);
  });
});

describe('a command that comes again under its key', () => {
  it('is given the same answer, accepted or refused', async () => {
    const accepted = await harness.artifact(bake(1), keyed('a'));
    const refused = await harness.environment(promote(2), keyed('b'));
    const head = await harness.store.head();
    expect(await harness.artifact(bake(1), keyed('a'))).toEqual({ ...accepted, repeated: true });
    expect(await harness.environment(promote(2), keyed('b'))).toEqual({ ...refused, repeated: true });
    expect(await harness.store.head()).toBe(head);
  });
  it('with another body is told so', async () => {
    await harness.artifact(bake(1), keyed('a'));
    expect(await harness.artifact(bake(2), keyed('a'))).toEqual({ status: 'key-reused' });
    expect(await harness.environment(promote(1), keyed('a'))).toEqual({ status: 'key-reused' });
    expect(await harness.artifact({ ...bake(1), remarks: { reason: 'another' } }, keyed('a'))).toEqual({
      status: 'key-reused',
    });
    expect(await harness.artifact(bake(1), { ...keyed('a'), occurredAt: '2026-01-01T00:00:00.000Z' })).toEqual({
      status: 'key-reused',
    });
  });
  it('at the same time is still one event', async () => {
    const head = await harness.store.head();
    const results = await Promise.all(Array.from({ length: 20 }, () => harness.artifact(bake(1), keyed('a'))));
    expect(await harness.store.head()).toBe(head + 1);
    const ids = results.map((result) => (result.status === 'accepted' ? result.receipt.eventId : result.status));
    expect(new Set(ids).size).toBe(1);
  });
  it('on another stream at the same time is one event and one mistake', async () => {
    const results = await Promise.all([harness.artifact(bake(1), keyed('a')), harness.artifact(bake(2), keyed('a'))]);
    expect(results.map(({ status }) => status).sort()).toEqual(['accepted', 'key-reused']);
  });
});

describe('commands of one stream at the same time', () => {
  it('are decided in turn and leave no gap', async () => {
    await harness.artifact(bake(1));
    await harness.artifact(bake(2));
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        harness.environment(promote(1 + (n % 2), 'staging', { service: `s${n % 7}` })),
      ),
    );
    const revisions = results.map((result) => (result.status === 'accepted' ? result.receipt.revision : -1));
    expect([...revisions].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  });
});

describe('an import', () => {
  it('decides in the order of its rows, each on what those before it did', async () => {
    const items = [
      promote(1),
      bake(1),
      promote(1, 'production'),
      promote(1),
      promote(1, 'production'),
      { kind: 'retire' as const, environment: 'production', service: 'shop-api', remarks: {} },
    ].map((command) => harness.importItem(command, { ...ENVELOPE, channel: 'import' }));
    const results = await harness.processor.executeAll(items);
    expect(results.map((result) => (result.status === 'refused' ? result.refusal.reason : result.status))).toEqual([
      'artifact-unknown',
      'accepted',
      'stage-skipped',
      'accepted',
      'accepted',
      'accepted',
    ]);
  });
  it('may go on between other commands without cutting into them', async () => {
    const single = Array.from({ length: 30 }, (_, n) => harness.artifact(bake(100 + n)));
    const items = Array.from({ length: 30 }, (_, n) => harness.importItem(bake(n), ENVELOPE));
    const imported = harness.processor.executeAll(items);
    const later = Array.from({ length: 30 }, (_, n) => harness.artifact(bake(200 + n)));
    const results = [...(await imported), ...(await Promise.all([...single, ...later]))];
    expect(results.every(({ status }) => status === 'accepted')).toBe(true);
  });
});

describe('when the store fails', () => {
  it('the command fails, and nothing of it is remembered', async () => {
    harness.failNext = new StoreError('unavailable', 'disk full');
    await expect(harness.artifact(bake(1))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await harness.environment(promote(1))).toMatchObject({ refusal: { reason: 'artifact-unknown' } });
    expect(await harness.artifact(bake(1))).toMatchObject({ status: 'accepted', receipt: { revision: 0 } });
  });
  it('all that waited with it fail alike, and go through when they are sent again', async () => {
    await harness.artifact(bake(1));
    harness.failNext = new StoreError('unavailable', 'disk full');
    const send = () =>
      Array.from({ length: 3 }, (_, n) => harness.environment(promote(1, 'staging', { service: `s${n}` })));
    const settled = await Promise.allSettled(send());
    expect(settled.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    expect((await Promise.all(send())).every(({ status }) => status === 'accepted')).toBe(true);
  });
});

describe('when somebody else appends first', () => {
  const meta = { channel: 'api', correlationId: 'x', decidedAgainst: {} };
  const foreign = async (service: string) => {
    const [last] = (await harness.store.readStream('environment-staging', 0, 1_000)).slice(-1);
    const data = { ...(JSON.parse(last?.data ?? '{}') as object), service };
    const event = encode(
      { type: 'ArtifactPromoted.v1', data, remarks: {} },
      { id: newEventId(), occurredAt: last?.occurredAt ?? '', actor: 'other', meta },
    );
    const append = { stream: 'environment-staging', expectedRevision: last?.revision ?? -1, event };
    expect(await harness.store.appendAll([append])).toMatchObject([{ status: 'appended' }]);
  };

  it('the command is decided again on what is there now', async () => {
    await harness.artifact(bake(1));
    await harness.environment(promote(1));
    let interfered = false;
    harness.beforeAppend = async () => {
      if (!interfered) await foreign('elsewhere');
      interfered = true;
    };
    expect(await harness.environment(promote(1, 'staging', { service: 'web' }))).toMatchObject({
      status: 'accepted',
      receipt: { revision: 3 },
    });
  });
  it('again and again, the command gives up and says so', async () => {
    await harness.artifact(bake(1));
    await harness.environment(promote(1));
    harness.beforeAppend = () => foreign('elsewhere');
    await expect(harness.environment(promote(1, 'staging', { service: 'web' }))).rejects.toMatchObject({
      code: 'contention',
    });
  });
});

describe('a long stream', () => {
  it('goes on when its snapshot cannot be written', async () => {
    harness.failSnapshots = true;
    await harness.artifact(bake(1));
    for (let round = 0; round < 5; round++) {
      const items = Array.from({ length: 500 }, (_, n) =>
        harness.importItem(promote(1, 'staging', { service: `s${n}-${round}` }), ENVELOPE),
      );
      const results = await harness.processor.executeAll(items);
      expect(results.every(({ status }) => status === 'accepted')).toBe(true);
    }
    expect(await harness.store.loadSnapshot('environment-staging')).toBeUndefined();
  });
  it('is decided on from a snapshot, which can be thrown away', async () => {
    await harness.processor.executeAll([bake(1), bake(2)].map((command) => harness.importItem(command, ENVELOPE)));
    for (let round = 0; round < 5; round++) {
      const items = Array.from({ length: 500 }, (_, n) =>
        harness.importItem(promote(1 + (n % 2), 'staging', { service: `s${n % 40}` }), ENVELOPE),
      );
      await harness.processor.executeAll(items);
    }
    const snapshot = await harness.store.loadSnapshot('environment-staging');
    expect(snapshot?.revision).toBeGreaterThanOrEqual(2_000);
    const noSnapshots = { loadSnapshot: () => Promise.resolve(undefined), saveSnapshot: () => Promise.resolve() };
    const fromSnapshot = await new StateCache(harness.store, harness.store).load(
      environmentFolding,
      'environment-staging',
    );
    const fromStart = await new StateCache(harness.store, noSnapshots).load(environmentFolding, 'environment-staging');
    expect(fromSnapshot).toEqual(fromStart);
  });
});
