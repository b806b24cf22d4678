import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config.js';
import { startServer } from '../../../src/main.js';
import { StandIn } from '../../contract/kurrentdb/stand-in/stand-in.js';
import { eventually } from '../../support/eventually.js';
import { bakeOf, digestOf, promotionOf, setUpShop } from '../support/fixtures.js';
import { describeHappyPath } from '../support/happy-path.js';
import { startTestServer, type TestServer } from '../support/server.js';

describe('on KurrentDB', () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await StandIn.start();
  });
  afterAll(() => standIn.stop());

  describeHappyPath('in a stand-in of KurrentDB', () => startTestServer(undefined, { CAIRN_EVENT_STORE: standIn.url }));
});

describe('servers on one KurrentDB', () => {
  let standIn: StandIn;
  const servers: TestServer[] = [];
  const start = async (settings: Record<string, string> = {}): Promise<TestServer> => {
    const server = await startTestServer(undefined, { CAIRN_EVENT_STORE: standIn.url, ...settings });
    servers.push(server);
    return server;
  };
  beforeEach(async () => {
    standIn = await StandIn.start();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    await standIn.stop();
  });

  it('take each other’s tokens, see each other’s changes and answer each other’s keys', async () => {
    const token = { CAIRN_ADMIN_TOKEN: 'a-token-that-both-servers-are-given-0123456789' };
    const first = await start(token);
    const second = await start(token);
    const shop = await setUpShop(first);
    const digest = digestOf('shared');
    const headers = { 'idempotency-key': 'bake-once' };
    const baked = await shop.pipeline.post<{ position: number }>('/v1/artifacts', bakeOf(digest), { headers });
    expect(baked.status).toBe(201);

    const elsewhere = second.api(shop.pipeline.token);
    expect((await elsewhere.get('/v1/environments')).status).not.toBe(401);
    const again = await elsewhere.post('/v1/artifacts', bakeOf(digest), { headers });
    expect([again.status, again.body]).toEqual([201, baked.body]);
    const promoted = await elsewhere.post<{ position: number }>('/v1/environments/dev/promotions', promotionOf(digest));
    expect(promoted.status).toBe(201);
    const path = `/v1/environments/dev/known-good?minPosition=${promoted.body.position}`;
    const [here, there] = [await shop.auditor.get(path), await second.api(shop.auditor.token).get(path)];
    expect(here.status).toBe(200);
    expect(here.body).toEqual(there.body);
  });

  it('decide on what another one has written a moment ago', async () => {
    const token = { CAIRN_ADMIN_TOKEN: 'a-token-that-both-servers-are-given-0123456789' };
    const [first, second] = [await start(token), await start(token)];
    const shop = await setUpShop(first);
    const elsewhere = second.api(shop.pipeline.token);
    expect((await elsewhere.get('/v1/environments')).status).not.toBe(401);
    for (const [index, api] of [shop.pipeline, elsewhere, shop.pipeline, elsewhere].entries()) {
      const digest = digestOf(`turn ${index}`);
      expect((await api.post('/v1/artifacts', bakeOf(digest))).status).toBe(201);
      expect((await api.post('/v1/environments/dev/promotions', promotionOf(digest))).status).toBe(201);
    }
  });

  it('issue one admin’s token when they start together on an empty ledger', async () => {
    const homes = await Promise.all([1, 2, 3].map(() => mkdtemp(join(tmpdir(), 'cairn-'))));
    const running = await Promise.all(
      homes.map((home) =>
        startServer(loadConfig({ CAIRN_DATA: home, CAIRN_PORT: '0', CAIRN_EVENT_STORE: standIn.url })),
      ),
    );
    try {
      const issued = running.flatMap(({ adminToken }) => adminToken ?? []);
      expect(issued).toHaveLength(1);
      expect(standIn.log.stream('access-admin')).toHaveLength(1);
      for (const { url } of running) {
        const answer = await fetch(`${url}/v1/tokens`, { headers: { authorization: `Bearer ${issued[0]}` } });
        expect(answer.status).toBe(200);
      }
    } finally {
      for (const server of running) await server.close();
      for (const home of homes) await rm(home, { recursive: true, force: true });
    }
  });

  it('know what others have revoked after KurrentDB had refused everything for a while', async () => {
    const token = { CAIRN_ADMIN_TOKEN: 'a-token-that-both-servers-are-given-0123456789' };
    const [first, second] = [await start(token), await start(token)];
    const auditor = await second.as('auditor');
    const here = first.api(auditor.token);
    await until(async () => (await here.get('/v1/environments')).status !== 401);
    standIn.faults.isDenying = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
    standIn.faults.isDenying = false;
    standIn.faults.badGateways = 3;
    await until(async () => (await second.admin.get('/health/ready')).body['head'] !== undefined);
    const listed = await second.admin.get<{ tokens: { id: string; role: string }[] }>('/v1/tokens');
    const { id = '' } = listed.body.tokens.find(({ role }) => role === 'auditor') ?? {};
    expect((await second.admin.delete(`/v1/tokens/${id}`)).status).toBe(200);
    await until(async () => (await here.get('/v1/environments')).status === 401);
  });

  it('say that the store is away, answer 503 and go on when it is back', async () => {
    const server = await start();
    const shop = await setUpShop(server);
    const digest = digestOf('away');
    await standIn.away();
    const [ready, refused] = await Promise.all([
      server.api().get('/health/ready'),
      shop.pipeline.post('/v1/artifacts', bakeOf(digest), { headers: { 'idempotency-key': 'k' } }),
    ]);
    expect([ready.status, refused.status]).toEqual([503, 503]);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.body).toMatchObject({ type: '/problems/unavailable' });
    await standIn.back();
    await until(async () => (await server.api().get('/health/ready')).status === 200);
    const baked = await shop.pipeline.post<{ position: number }>('/v1/artifacts', bakeOf(digest), {
      headers: { 'idempotency-key': 'k' },
    });
    expect(baked.status).toBe(201);
    const seen = await shop.auditor.get(`/v1/artifacts/${digest}?minPosition=${baked.body.position}`);
    expect(seen.status).toBe(200);
  });
});

/** Waits until something holds, for twenty seconds at most. */
const until = (holds: () => Promise<boolean>): Promise<void> => eventually(holds, 20_000);
