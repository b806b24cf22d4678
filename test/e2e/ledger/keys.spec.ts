import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSigningKey } from '../../../src/ledger/note/keys.js';
import { bakeOf, digestOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { checkpointFrom, followerOf, keysOf, openReceipt, type KeyList } from './log-client.js';

type Key = KeyList['keys'][number] & { eventId: string; position: number };

const REASON = { reason: 'As every year.' };

describe('the key that signs', () => {
  let server: TestServer;
  let shop: Shop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await setUpShop(server);
  });
  afterAll(() => server.stop());

  it('is published, and is the administrators’ to replace', async () => {
    const { origin, keys } = await keysOf(shop.auditor);
    expect(keys).toEqual([
      { number: 0, verifierKey: expect.stringContaining(`${origin}+`), fromSize: expect.any(Number) },
    ]);
    for (const caller of [shop.auditor, shop.pipeline, shop.approver]) {
      expect((await caller.post('/v1/ledger/keys', REASON)).status).toBe(403);
    }
    expect((await server.admin.post('/v1/ledger/keys', {})).body).toMatchObject({ errors: [{ field: 'reason' }] });
    expect((await keysOf(shop.auditor)).keys).toEqual(keys);
  });

  it('is replaced while others write and read, and nobody is refused', async () => {
    const follower = await followerOf(server);
    const old = await keysOf(shop.auditor);
    const before = await shop.pipeline.post<{ eventId: string; position: number }>(
      '/v1/artifacts',
      bakeOf(digestOf('before')),
    );
    const earlier = follower.open(await checkpointFrom(shop.auditor, before.body.position));
    const oldReceipt = (await shop.auditor.get(`/v1/events/${before.body.eventId}/receipt`)).text;

    const failed: string[] = [];
    let working = true;
    const work = (call: (round: number) => Promise<{ status: number; text: string }>) =>
      (async () => {
        for (let round = 0; working; round++) {
          const { status, text } = await call(round);
          if (status >= 300) failed.push(text);
        }
      })();
    const workers = [
      work((round) => shop.pipeline.post('/v1/artifacts', bakeOf(digestOf(`load ${round}`)))),
      work((round) =>
        shop.pipeline.post('/v1/artifacts', bakeOf(digestOf(`sealed ${round}`)), { headers: { prefer: 'wait=20' } }),
      ),
      work(() => shop.auditor.get('/v1/ledger/checkpoint')),
      work(() => shop.auditor.get(`/v1/events/${before.body.eventId}/receipt`)),
    ];
    const rotated = await server.admin.post<Key>('/v1/ledger/keys', REASON, { headers: { prefer: 'wait=20' } });
    working = false;
    await Promise.all(workers);
    expect(failed).toEqual([]);

    const { number, verifierKey, fromSize, statement, eventId } = rotated.body;
    expect(rotated).toMatchObject({
      status: 201,
      body: { number: 1, sealed: { proof: `/v1/events/${eventId}/receipt` } },
    });
    const { origin, keys } = await keysOf(shop.auditor);
    expect([origin, keys]).toEqual([old.origin, [...old.keys, { number, verifierKey, fromSize, statement }]]);

    const note = await checkpointFrom(shop.auditor, rotated.body.position);
    expect(() => follower.open(note)).toThrow(/no signature by a key that is trusted/);
    follower.trust(statement ?? '');
    const checkpoint = follower.open(note);
    expect(checkpoint.size).toBeGreaterThan(earlier.size);
    await expect(follower.entries(checkpoint)).resolves.toHaveLength(Number(checkpoint.size));
    expect(openReceipt(oldReceipt, old).leaf).toMatchObject({ id: before.body.eventId });

    const onlyNew = { origin, keys: keys.slice(1) };
    const newReceipt = (await shop.auditor.get(`/v1/events/${before.body.eventId}/receipt`)).text;
    expect(openReceipt(newReceipt, onlyNew).leaf).toMatchObject({ id: before.body.eventId });
    expect(() => openReceipt(oldReceipt, onlyNew)).toThrow(/no signature by a key that is trusted/);
  });

  it('is not believed to be another one by a statement that the old one did not sign', async () => {
    const follower = await followerOf(server);
    const { keys } = await keysOf(server.admin);
    const statement = keys[1]?.statement ?? '';
    const [text = '', signatures = ''] = statement.split('\n\n');
    const [, byNew = ''] = signatures.split('\n');
    expect(() => follower.trust(`${text}\n\n${byNew}\n`)).toThrow(/no signature by a key that is trusted/);
    expect(() => follower.trust(statement.replace(/\n(\d+)\n/, '\n9$1\n'))).toThrow(/does not match/);
  });

  it('is replaced in the ledger’s own words: who, and why', async () => {
    const { body } = await server.admin.get<{ items: { id: string; actor: string }[] }>(
      '/v1/events?type=LedgerKeyRotated.v1',
    );
    expect(body.items).toMatchObject([{ actor: 'admin', stream: 'signing-keys' }]);
    const { keys } = await keysOf(server.admin);
    const { number, verifierKey, fromSize } = keys[1] ?? {};
    expect((await shop.auditor.get(`/v1/events/${body.items[0]?.id ?? ''}`)).body).toMatchObject({
      data: { number, verifierKey, fromSize },
      remarks: REASON,
    });
    expect((await server.admin.get<{ items: object[] }>('/v1/events?stream=signing-keys')).body.items).toHaveLength(1);
  });

  it('is replaced once for one Idempotency-Key, also when two ask at once', async () => {
    const headers = { 'idempotency-key': 'rotate-1' };
    const rotate = () => server.admin.post<Key>('/v1/ledger/keys', REASON, { headers });
    const answers = await Promise.all([rotate(), rotate()]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect((await keysOf(server.admin)).keys).toHaveLength(3);
    const other = await server.admin.post('/v1/ledger/keys', { reason: 'another' }, { headers });
    expect(other).toMatchObject({ status: 422, body: { type: '/problems/key-reused' } });
    expect((await keysOf(server.admin)).keys).toHaveLength(3);
  });

  it('signs on after a restart, and who followed from the first key goes on', async () => {
    const follower = await followerOf(server);
    const { keys, origin } = await keysOf(server.admin);
    server = await server.restart();
    expect(await keysOf(server.admin)).toEqual({ origin, keys });
    for (const { statement } of keys.slice(1)) follower.trust(statement ?? '');
    const { body } = await server.admin.post<{ position: number }>('/v1/environments', { name: 'later', tier: 'test' });
    const { size } = follower.open(await checkpointFrom(server.admin, body.position));
    expect(size).toBeGreaterThan(BigInt(body.position));
  });
});

describe('a key that a setting gives', () => {
  it('is not replaced over HTTP', async () => {
    const origin = 'ledger.example';
    const settings = { CAIRN_ORIGIN: origin, CAIRN_SIGNING_KEY: generateSigningKey(origin) };
    const server = await startTestServer(undefined, settings);
    try {
      const answer = await server.admin.post('/v1/ledger/keys', REASON);
      expect(answer).toMatchObject({ status: 409, body: { type: '/problems/key-from-setting' } });
      expect(answer.text).toContain('CAIRN_SIGNING_KEY');
      expect((await keysOf(server.admin)).keys).toHaveLength(1);
      expect((await server.admin.get<{ items: object[] }>('/v1/events?stream=signing-keys')).body.items).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
