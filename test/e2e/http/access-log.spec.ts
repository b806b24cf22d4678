import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { readdir, readFile, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cairn, serve, stop, temporaryFolder } from '../cli/cairn.js';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type Answer, type Api, type TestServer } from '../support/server.js';

interface Entry {
  sequence: number;
  at: string;
  subject?: string;
  role?: string;
  tokenId?: string;
  pipeline?: string;
  method: string;
  route?: string;
  path: string;
  status: number;
  position?: number;
  bytes?: number;
  durationMs: number;
  userAgent?: string;
  remoteAddress?: string;
}

interface Page {
  sequence: number;
  window: { from: string | null; to: string | null; clock: string };
  items: Entry[];
  next?: string;
}

const KNOWN_GOOD = '/v1/environments/:environment/known-good';

describe('the access log', () => {
  let server: TestServer;
  let shop: Shop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await setUpShop(server);
  });
  afterAll(() => server.stop());

  const read = async (query = '') => (await server.admin.get<Page>(`/v1/access-log${query}`)).body;
  const newest = async (query: string) => (await read(`${query}&limit=1`)).items[0];
  const status = async () =>
    (await server.api().get<{ status: string; accessLog: object }>('/health/ready')).body.accessLog;

  /** Everything that lies in the folder's files of the access log, as bytes. */
  const bytesOf = async (folder: string) => {
    const names = (await readdir(folder)).filter((name) => name.startsWith('access.db'));
    return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
  };

  it('says who read what, and when', async () => {
    const before = new Date(Date.now() - 1).toISOString();
    const path = '/v1/environments/production/known-good?minPosition=0';
    const agent = { headers: { 'user-agent': 'audit-tool/1.0' } };
    const answer = await shop.auditor.get<{ position: number }>(path, agent);
    const entry = await newest('?route=/v1/environments/:environment/known-good');
    expect(entry).toEqual({
      sequence: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      subject: expect.stringMatching(/^auditor-/),
      role: 'auditor',
      tokenId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      method: 'GET',
      route: KNOWN_GOOD,
      path,
      status: 200,
      position: answer.body.position,
      bytes: Buffer.byteLength(answer.text),
      durationMs: expect.any(Number),
      userAgent: 'audit-tool/1.0',
      remoteAddress: '127.0.0.1',
    });
    expect((entry?.at ?? '') > before && (entry?.at ?? '') <= new Date().toISOString()).toBe(true);
  });

  it('says what was a 304, a HEAD and a 404', async () => {
    const path = '/v1/environments/staging/known-good';
    const first = await shop.auditor.get(path);
    const etag = first.headers.get('etag') ?? '';
    expect((await shop.auditor.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const headers = { authorization: `Bearer ${shop.auditor.token}` };
    expect((await fetch(server.url + path, { method: 'HEAD', headers })).status).toBe(200);
    expect((await shop.auditor.get('/v1/environments/nowhere/known-good')).status).toBe(404);
    const { items } = await read(`?route=${KNOWN_GOOD}&limit=4`);
    expect(items.map(({ method, status, bytes }) => [method, status, bytes])).toEqual([
      ['GET', 404, expect.any(Number)],
      ['HEAD', 200, 0],
      ['GET', 304, 0],
      ['GET', 200, Buffer.byteLength(first.text)],
    ]);
  });

  it('says who was turned away, and never who was refused', async () => {
    const { sequence } = await read();
    const since = async () =>
      (await read('?limit=500')).items
        .filter((entry) => entry.sequence > sequence && entry.route !== '/v1/access-log')
        .reverse();
    const digest = digestOf('unknown');
    await server.api().post('/v1/artifacts', bakeOf(digest));
    await server.api('nonsense-that-is-no-token').get('/v1/pipelines');
    await shop.auditor.post('/v1/artifacts', bakeOf(digest));
    await shop.pipeline.post('/v1/artifacts', '{"digest":');
    await shop.pipeline.post('/v1/artifacts', 'x', { headers: { 'content-type': 'text/plain' } });
    await shop.pipeline.post('/v1/environments/%zz/promotions', {});
    await shop.auditor.get('/v1/changes?outcome=great');
    // Written down in the ledger, or no read of anything.
    expect((await shop.pipeline.post('/v1/artifacts', bakeOf(digestOf('known')))).status).toBe(201);
    expect((await shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(digest))).status).toBe(422);
    await server.admin.post('/v1/pipelines/shop/suspension', { reason: 'for a moment' });
    expect((await shop.pipeline.post('/v1/artifacts', bakeOf(digest))).status).toBe(403);
    await server.admin.post('/v1/pipelines/shop/reinstatement', { reason: 'over' });
    await server.api().get('/health/ready');
    await server.api().get('/v1/health/live');
    await server.api().get('/openapi.json');
    const told = (await since()).map(({ method, route, status, role }) => [status, role, method, route]);
    expect(told).toEqual([
      [401, undefined, 'POST', '/v1/artifacts'],
      [401, undefined, 'GET', '/v1/pipelines'],
      [403, 'auditor', 'POST', '/v1/artifacts'],
      [400, 'pipeline', 'POST', '/v1/artifacts'],
      [415, 'pipeline', 'POST', '/v1/artifacts'],
      [400, undefined, 'POST', undefined],
      [400, 'auditor', 'GET', '/v1/changes'],
    ]);
    const forbidden = (await since()).find((entry) => entry.status === 403);
    expect(forbidden?.subject).toMatch(/^auditor-/);
    expect((await since()).filter((entry) => entry.status === 401 && entry.subject !== undefined)).toEqual([]);
  });

  it('logs who reads it, is for the admin, and cannot be written over HTTP', async () => {
    expect((await shop.auditor.get('/v1/access-log')).status).toBe(403);
    await read('?status=599');
    const [entry, ...others] = (await read('?route=/v1/access-log&limit=2')).items;
    expect(entry).toMatchObject({ subject: 'admin', path: '/v1/access-log?status=599', status: 200 });
    expect(others).toMatchObject([{ role: 'auditor', status: 403 }]);
    expect((await server.admin.delete('/v1/access-log')).status).toBe(404);
    expect(server.routes.filter(({ url }) => url.startsWith('/v1/access-log')).map(({ method }) => method)).toEqual([
      'GET',
      'HEAD',
    ]);
  });

  it('is filtered by each of its fields', async () => {
    const start = (await server.admin.get<Page>('/v1/access-log?limit=1')).body;
    await shop.approver.get('/v1/environments/dev/known-good');
    await sleep(5);
    const middle = new Date().toISOString();
    await sleep(5);
    await shop.pipeline.get('/v1/environments/dev');
    await shop.approver.get('/v1/environments/dev_/known-good');
    const subject = (await newest('?role=approver'))?.subject ?? '';
    const found = async (query: string) => {
      const { items } = await read(`?${query}&order=asc&limit=500`);
      return items.filter(({ sequence }) => sequence > start.sequence + 1).map(({ path }) => path);
    };
    const known = '/v1/environments/dev/known-good';
    const hostile = '/v1/environments/dev_/known-good';
    expect(await found(`subject=${subject}`)).toEqual([known, hostile]);
    expect(await found('role=pipeline&role=approver')).toEqual([known, '/v1/environments/dev', hostile]);
    expect(await found(`method=GET&route=${KNOWN_GOOD}`)).toEqual([known, hostile]);
    expect(await found('path=/v1/environments/dev/')).toEqual([known]);
    // An underscore is a character, and no wildcard.
    expect(await found('path=/v1/environments/dev_')).toEqual([hostile]);
    expect(await found('path=/v1/environments/dev_&path=/v1/environments/dev/')).toEqual([known, hostile]);
    expect(await found('status=404')).toEqual([hostile]);
    expect(await found(`role=approver&to=${middle}`)).toEqual([known]);
    expect(await found(`role=approver&from=${middle}`)).toEqual([hostile]);
    expect(await found('from=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await found('to=2001-01-01T00:00:00Z')).toEqual([]);
    const window = { from: '2026-01-01T00:00:00.000Z', to: null, clock: 'recorded' };
    expect((await read('?from=2026-01-01T01:00:00%2B01:00')).window).toEqual(window);
    for (const query of ['role=king', 'status=99', 'path=x', 'limit=0', 'total=true', 'from=now', 'method=get']) {
      expect([query, (await server.admin.get(`/v1/access-log?${query}`)).status]).toEqual([query, 400]);
    }
  });

  it('is paged while others read, and gives each entry once', async () => {
    for (let n = 0; n < 30; n++) await shop.auditor.get(`/v1/changes?limit=${n + 1}`);
    let isOver = false;
    const others = Promise.all(
      [shop.approver, shop.pipeline].map(async (api) => {
        while (!isOver) await api.get('/v1/pipelines');
      }),
    );
    for (const order of ['asc', 'desc'] as const) {
      const seen: number[] = [];
      let first: Page | undefined;
      for (let next: string | undefined = `/v1/access-log?limit=7&order=${order}`; next;) {
        const answer: Answer<Page> = await server.admin.get<Page>(next);
        first ??= answer.body;
        expect(answer.body.sequence).toBe(first.sequence);
        seen.push(...answer.body.items.map(({ sequence }) => sequence));
        next = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
      }
      const all = Array.from({ length: first?.sequence ?? 0 }, (_, n) => n + 1);
      expect(order === 'asc' ? seen : seen.reverse()).toEqual(all);
    }
    isOver = true;
    await others;
    const times = (await read('?limit=500&order=asc')).items.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    const other = await server.admin.get(`/v1/access-log?status=200&cursor=${(await read('?limit=1')).next ?? ''}`);
    expect([other.status, other.body['type']]).toEqual([400, '/problems/invalid-cursor']);
  });

  it('keeps a hostile path and user agent harmlessly', async () => {
    const hostile = `'; DROP TABLE access_entries; -- <script>alert(1)</script> ${String.fromCharCode(0xe9, 0x9b)}`;
    const path = `/v1/changes?ticket=${'%00%0d%0a"<x>'.repeat(200)}`;
    const { hostname, port } = new URL(server.url);
    const headers = { authorization: `Bearer ${shop.auditor.token}`, 'user-agent': hostile.repeat(10) };
    await new Promise((resolve, reject) =>
      httpRequest({ hostname, port, path, headers }, (answer) => answer.resume().on('end', resolve))
        .on('error', reject)
        .end(),
    );
    const entry = await newest('?path=/v1/changes?ticket=&status=400'.replace('?ticket', '%3Fticket'));
    expect(entry?.path).toHaveLength(1_024);
    expect(entry?.path).toBe(`${path.slice(0, 1_023)}…`);
    expect(entry?.userAgent).toHaveLength(256);
    expect(entry?.userAgent).toContain("'; DROP TABLE access_entries; --");
    // The C1 control character, which is a command to some terminals, is not kept; the letter before it is.
    expect(entry?.userAgent).toContain('\u00e9\ufffd');
    expect((await read()).items.length).toBeGreaterThan(0);
  });

  it('logs whoever leaves before the end of the answer', async () => {
    const { hostname, port } = new URL(server.url);
    const path = '/v1/events?limit=499';
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${shop.auditor.token}\r\n\r\n`),
      );
      socket.once('data', () => socket.resetAndDestroy()).on('close', () => resolve());
      socket.on('error', reject);
    });
    await sleep(20);
    expect(await newest('?path=/v1/events')).toMatchObject({ path, role: 'auditor', remoteAddress: '127.0.0.1' });
  });

  it('holds no token, wherever one was sent', async () => {
    const tokens = [server.adminToken, shop.auditor.token, shop.pipeline.token];
    const [admin = '', auditor = '', pipeline = ''] = tokens;
    const agent = (text: string) => ({ headers: { 'user-agent': text } });
    await server.api().get(`/v1/pipelines?access_token=${admin}`);
    await server.api().get(`/v1/pipelines?q=${auditor}&x=1`);
    await server.api(auditor).get(`/v1/pipelines/${pipeline}`);
    await server.api(auditor).get(`/v1/changes?actor=${auditor}`);
    await server.api(auditor).get('/v1/pipelines', agent(`tool Bearer ${auditor}`));
    await server.api(`${auditor}x`).get('/v1/pipelines');
    await server.api().get('/v1/pipelines?password=hunter2&page=2');
    const { items } = await read('?limit=8');
    expect(items.map(({ path }) => path).reverse()).toEqual(
      expect.arrayContaining([
        '/v1/pipelines?access_token=***',
        '/v1/pipelines?q=***&x=1',
        '/v1/pipelines/***',
        '/v1/changes?actor=***',
        '/v1/pipelines?password=***&page=2',
      ]),
    );
    const bytes = await bytesOf(server.folder);
    expect(bytes.includes('/v1/pipelines?q=***')).toBe(true);
    const parts = tokens.map((token) => token.slice(6, 40));
    expect([...tokens, ...parts, 'hunter2'].filter((secret) => bytes.includes(secret))).toEqual([]);
  });

  it('waits while its file is locked, says so, and loses nothing', async () => {
    await read();
    const other = new Database(join(server.folder, 'access.db'));
    other.exec('BEGIN IMMEDIATE');
    try {
      for (let n = 0; n < 20; n++) expect((await shop.approver.get(`/v1/changes?limit=${n + 1}`)).status).toBe(200);
      for (let tries = 0; tries < 100; tries++) {
        if (JSON.stringify(await status()).includes('failing')) break;
        await sleep(50);
      }
      // The admin's own read of a moment ago may be one of them.
      const { waiting, ...rest } = (await status()) as { waiting: number };
      expect([waiting >= 20, rest]).toEqual([true, { status: 'failing', lost: 0 }]);
      expect((await server.api().get('/health/ready')).status).toBe(200);
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
    const { items } = await read('?role=approver&path=/v1/changes&limit=20&order=desc');
    expect(items.map(({ path }) => path).reverse()).toEqual(
      Array.from({ length: 20 }, (_, n) => `/v1/changes?limit=${n + 1}`),
    );
    expect(await status()).toMatchObject({ status: 'writing', lost: 0 });
  });

  it('belongs to its owner alone, and outlives a restart', async () => {
    expect((await stat(join(server.folder, 'access.db'))).mode & 0o777).toBe(0o600);
    await shop.auditor.get('/v1/environments');
    const before = await read();
    server = await server.restart();
    const after = await read('?order=asc&limit=500');
    expect(after.items.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: before.sequence + 1 }, (_, n) => n + 1).slice(0, 500),
    );
    expect(await newest('?subject=admin')).toMatchObject({ path: '/v1/access-log?order=asc&limit=500' });
  });

  it('is not begun in a file of something else', async () => {
    await expect(
      startTestServer(join(server.folder, 'other'), { CAIRN_DATABASE: `sqlite:${server.folder}/access.db` }),
    ).rejects.toThrow('belongs to something else');
  });
});

describe('a read in the last moment before the end', () => {
  it('is in the access log', async () => {
    const server = await startTestServer();
    const auditor: Api = await server.as('auditor');
    await auditor.get('/v1/environments?minPosition=0');
    const again = await server.restart();
    const { items } = (await again.admin.get<Page>('/v1/access-log?role=auditor')).body;
    expect(items).toMatchObject([{ path: '/v1/environments?minPosition=0' }]);
    await again.stop();
  });

  it('is in it after SIGTERM too, and a rebuild leaves it as it is', async () => {
    const folder = temporaryFolder();
    const first = await serve(folder.path);
    const headers = { authorization: `Bearer ${first.adminToken}` };
    for (let n = 1; n <= 20; n++) await fetch(`${first.url}/v1/changes?limit=${n}`, { headers });
    expect(await stop(first)).toMatchObject({ code: 0, signal: null });
    expect((await cairn(['rebuild', '--data', folder.path])).code).toBe(0);
    const second = await serve(folder.path);
    const answer = await fetch(`${second.url}/v1/access-log?limit=500&order=asc`, { headers });
    await stop(second);
    folder.remove();
    expect(((await answer.json()) as Page).items.map(({ path }) => path)).toEqual(
      Array.from({ length: 20 }, (_, n) => `/v1/changes?limit=${n + 1}`),
    );
  });
});
