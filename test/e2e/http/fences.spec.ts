import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type Answer, type Api, type TestServer } from '../support/server.js';

interface List {
  items: Record<string, unknown>[];
}

const FAILURES_PER_MINUTE = 600;

/** The window of a minute begins with its first request, so what is sent at once is in one. */
const statuses = async (count: number, call: () => Promise<Answer>): Promise<Record<number, number>> => {
  const found: Record<number, number> = {};
  for (let sent = 0; sent < count; sent += 50) {
    const answers = await Promise.all(Array.from({ length: Math.min(50, count - sent) }, call));
    for (const { status } of answers) found[status] = (found[status] ?? 0) + 1;
  }
  return found;
};

describe('the rate of a caller', () => {
  let server: TestServer;
  let one: Api & { token: string };
  let other: Api & { token: string };
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_RATE_LIMIT: '30' });
    one = await server.as('auditor');
    other = await server.as('auditor');
  });
  afterAll(() => server.stop());

  it('is bounded, and told as a problem with the time to come again', async () => {
    expect(await statuses(30, () => one.get('/v1/pipelines'))).toEqual({ 200: 30 });
    const answer = await one.get('/v1/pipelines');
    expect(answer).toMatchObject({
      status: 429,
      body: { type: '/problems/too-many-requests', status: 429, detail: 'You may send 30 requests a minute.' },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('also bounds what the caller may not do, and is no matter of others', async () => {
    expect((await one.post('/v1/pipelines', {})).status).toBe(429);
    expect((await other.post('/v1/pipelines', {})).status).toBe(403);
    expect(await statuses(29, () => other.post('/v1/pipelines', {}))).toEqual({ 403: 29 });
    expect((await other.get('/v1/pipelines')).status).toBe(429);
  });

  it('is that of the address where no token is asked for, and never of health', async () => {
    const anyone = server.api();
    expect(await statuses(40, () => anyone.get('/openapi.json'))).toEqual({ 200: 30, 429: 10 });
    expect((await anyone.get('/nothing-here')).status).toBe(429);
    for (const path of ['/health/live', '/health/ready', '/v1/health/live', '/v1/health/ready']) {
      expect(await statuses(50, () => anyone.get(path))).toEqual({ 200: 50 });
    }
    expect((await server.admin.get('/v1/pipelines')).status).toBe(200);
  });

  it('leaves the first that was turned away in the access log, and not the flood after it', async () => {
    const { items } = (await server.admin.get<List>('/v1/access-log?status=429&order=asc')).body;
    expect(items).toMatchObject([
      { subject: expect.stringMatching(/^auditor-/), method: 'GET', path: '/v1/pipelines' },
      { subject: expect.stringMatching(/^auditor-/), method: 'GET', path: '/v1/pipelines' },
    ]);
    expect(new Set(items.map(({ subject }) => subject)).size).toBe(2);
  });

  it('can be without a bound', async () => {
    server = await server.restart({ CAIRN_RATE_LIMIT: '0' });
    expect(await statuses(100, () => server.api(one.token).get('/v1/pipelines'))).toEqual({ 200: 100 });
  });
});

describe('a body that is too large', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await setUpShop(server);
  });
  afterAll(() => server.stop());

  it('is taken by no route', async () => {
    const callers: Record<string, Api> = {
      admin: server.admin,
      pipeline: await server.as('pipeline', 'shop'),
      approver: await server.as('approver'),
      auditor: await server.as('auditor'),
    };
    const routes = server.routes.filter(({ method }) => method === 'POST' || method === 'PUT');
    expect(routes.length).toBeGreaterThan(20);
    const taken: string[] = [];
    for (const { method, url, allow } of routes) {
      const caller = allow === 'no-token' ? server.api() : (callers[allow?.[0] ?? ''] as Api);
      const path = url.replace(/:[A-Za-z]+/g, 'x');
      const body = { reason: 'x'.repeat(61 * 1024) };
      const { status } = await (method === 'POST' ? caller.post(path, body) : caller.put(path, body));
      if (status !== 413) taken.push(`${method} ${url}: ${status}`);
    }
    expect(taken).toEqual([]);
    const lines = { headers: { 'content-type': 'application/x-ndjson' } };
    expect((await server.admin.post('/v1/imports', 'x'.repeat(4 * 1024 * 1024 + 1), lines)).status).toBe(413);
    expect((await server.admin.post('/v1/pipelines', 'x'.repeat(100_000), lines)).status).toBe(415);
  });
});

describe('requests without a valid token', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it('are bounded for an address, and hold up nobody who has one', async () => {
    const wrong = server.api('x'.repeat(40));
    const half = FAILURES_PER_MINUTE / 2;
    expect(await statuses(half, () => wrong.get('/v1/pipelines'))).toEqual({ 401: half });
    expect(await statuses(half, () => server.api().get('/v1/pipelines'))).toEqual({ 401: half });
    expect(await statuses(20, () => wrong.get('/v1/pipelines'))).toEqual({ 429: 20 });
    const turnedAway = await server.api().get('/v1/pipelines');
    expect(turnedAway).toMatchObject({ status: 429, body: { type: '/problems/too-many-requests' } });
    expect(await statuses(50, () => server.admin.get('/v1/pipelines'))).toEqual({ 200: 50 });
    expect((await server.api().get('/health/ready')).status).toBe(200);
    expect((await server.admin.get<List>('/v1/access-log?status=429')).body.items).toHaveLength(1);
  });
});

describe('requests of somebody without a token that come at once', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(undefined, {
      CAIRN_OIDC_ISSUERS: 'http://127.0.0.1:9',
      CAIRN_OIDC_AUDIENCE: 'cairn',
    });
  });
  afterEach(() => server.stop());

  /** Sends so many over one connection without waiting, and counts the answers by their status. */
  const burst = async (count: number, head: readonly string[]): Promise<Record<string, number>> => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const last = [...head, 'host: x', 'connection: close', '', ''].join('\r\n');
    socket.end([...head, 'host: x', '', ''].join('\r\n').repeat(count - 1) + last);
    const found: Record<string, number> = {};
    for (const [, status = ''] of (await text(socket)).matchAll(/HTTP\/1\.1 (\d+)/g)) {
      found[status] = (found[status] ?? 0) + 1;
    }
    return found;
  };
  const logged = async (status: number) => {
    const { items } = (await server.admin.get<List>(`/v1/access-log?status=${status}&limit=500`)).body;
    return items.length;
  };

  it.each<[string, number, string[]]>([
    ['that bring none', 401, ['GET /v1/me HTTP/1.1']],
    ['at no path', 400, ['GET /v1/%zz HTTP/1.1']],
    ['for no pipeline', 400, ['GET /v1/me HTTP/1.1', 'authorization: Bearer a.b.c', 'cairn-pipeline: ../']],
  ])('are bounded, and the first beyond it is in the access log: those %s', async (_which, status, head) => {
    expect(await burst(FAILURES_PER_MINUTE + 50, head)).toEqual({ [status]: FAILURES_PER_MINUTE, 429: 50 });
    await eventually(async () => (await logged(429)) === 1);
    expect(await logged(status)).toBe(500);
  });
});

describe('refusals beyond the bound', () => {
  let server: TestServer;
  let shop: Shop;
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_REFUSALS_PER_MINUTE: '3' });
    shop = await setUpShop(server);
    // The whole of this test in one minute of the clock.
    if (new Date().getSeconds() > 40) await sleep((61 - new Date().getSeconds()) * 1_000);
  }, 60_000);
  afterAll(() => server.stop());

  const refuse = (options?: { headers: Record<string, string> }) =>
    shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(digestOf('nobody baked it')), options);
  const refusalsListed = async () =>
    (await server.admin.get<List>('/v1/events?type=ChangeRefused.v1')).body.items.length;

  it('are answered with what the refusal would have been, and are no events', async () => {
    expect(await statuses(3, () => refuse())).toEqual({ 422: 3 });
    const keyed = { headers: { 'idempotency-key': 'too-many' } };
    const answer = await refuse(keyed);
    expect(answer).toMatchObject({
      status: 429,
      body: {
        ...{ type: '/problems/too-many-refusals', status: 429, reason: 'artifact-unknown' },
        detail: expect.stringMatching(/artifact-unknown: .*only counted/),
        hint: expect.any(String),
      },
    });
    expect(answer.body).not.toHaveProperty('eventId');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await refuse(keyed)).status).toBe(429);
    expect(await refusalsListed()).toBe(3);
  });

  it('hold up nothing that is allowed, of this caller or another', async () => {
    const baked = digestOf('it');
    expect((await shop.pipeline.post('/v1/artifacts', bakeOf(baked))).status).toBe(201);
    expect((await shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(baked))).status).toBe(201);
    const next = await server.as('pipeline', 'shop');
    expect((await next.post('/v1/environments/dev/promotions', promotionOf(digestOf('no')))).status).toBe(422);
  });

  it('are in the access log with their subject', async () => {
    const { items } = (await server.admin.get<List>('/v1/access-log?status=429')).body;
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ method: 'POST', role: 'pipeline', subject: expect.stringMatching(/^pipeline-/) });
  });

  it('are counted in one event when the server stops, which auditors find', async () => {
    server = await server.restart();
    let found: Record<string, unknown> | undefined;
    await eventually(async () => {
      [found] = (await server.admin.get<List>('/v1/exceptions?kind=refusals-counted')).body.items;
      return found !== undefined;
    });
    expect(found).toMatchObject({
      ...{ actor: 'cairn', pipeline: 'shop', subject: expect.stringMatching(/^pipeline-/) },
      details: [expect.stringMatching(/^2 refusals from .* were only counted$/), '2 × artifact-unknown'],
    });
    const event = await server.admin.get(`/v1/events/${String(found?.['eventId'])}`);
    expect(event.body).toMatchObject({
      ...{ type: 'RefusalsCounted.v1', stream: `access-${String(found?.['subject'])}` },
      data: { count: 2, reasons: { 'artifact-unknown': 2 } },
    });
    const stream = await server.admin.get<List>(`/v1/events?stream=access-${String(found?.['subject'])}`);
    expect(stream.body.items.map(({ type }) => type)).toEqual(['RefusalsCounted.v1', 'TokenIssued.v1']);
    // Its stream holds the subject's tokens too, which go on to be worth something.
    expect((await server.api(shop.pipeline.token).get('/v1/pipelines')).status).toBe(200);
  });
});
