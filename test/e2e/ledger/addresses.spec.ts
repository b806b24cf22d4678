import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setUpShop } from '../support/fixtures.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';
import { checkpointFrom, followerOf } from './log-client.js';

interface Raw {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly bytes: Buffer;
}

const LAST = { name: 'last', tier: 'test' };

describe('the addresses of the log', () => {
  let server: TestServer;
  let auditor: Api & { token: string };
  let size: number;
  beforeAll(async () => {
    server = await startTestServer();
    auditor = (await setUpShop(server)).auditor;
    const { position } = (await server.admin.post<{ position: number }>('/v1/environments', LAST)).body;
    const follower = await followerOf(server);
    size = Number(follower.open(await checkpointFrom(auditor, position)).size);
  });
  afterAll(() => server.stop());

  /** Sent as it is written: `fetch` would resolve dots and the like. */
  const raw = (path: string, method = 'GET', headers: Record<string, string> = {}) =>
    new Promise<Raw>((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const authorization = `Bearer ${auditor.token}`;
      const call = request({ hostname, port, path, method, headers: { authorization, ...headers } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(chunks) }),
        );
      });
      call.on('error', reject).end();
    });

  it('give a checkpoint that is asked for anew each time', async () => {
    const first = await raw('/v1/ledger/checkpoint');
    expect(first).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'private, no-cache' },
    });
    const etag = String(first.headers['etag']);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect(await raw('/v1/ledger/checkpoint', 'GET', { 'if-none-match': etag })).toMatchObject({ status: 304 });
    expect(await raw('/v1/ledger/checkpoint', 'GET', { 'if-none-match': '"another"' })).toMatchObject({ status: 200 });
  });

  it('give tiles that are kept for ever', async () => {
    for (const kind of ['0', 'entries']) {
      const path = `/v1/ledger/tile/${kind}/000.p/${size}`;
      const tile = await raw(path);
      expect(tile).toMatchObject({
        status: 200,
        headers: {
          'content-type': 'application/octet-stream',
          'cache-control': 'private, immutable, max-age=31536000',
          'content-length': String(tile.bytes.length),
        },
      });
      const etag = String(tile.headers['etag']);
      expect(await raw(path, 'GET', { 'if-none-match': etag })).toMatchObject({ status: 304, bytes: Buffer.alloc(0) });
      const head = await raw(path, 'HEAD');
      expect(head).toMatchObject({ status: 200, bytes: Buffer.alloc(0) });
      expect(head.headers['etag']).toBe(etag);
    }
  });

  it('are never of a tile that is empty, too wide or not there yet', async () => {
    const absent = [
      ...['0/000', `0/000.p/${size + 1}`, '0/000.p/255', '0/001', '0/001.p/1', '1/000', '1/000.p/1', '63/000.p/1'],
      ...['entries/000', `entries/000.p/${size + 1}`, 'entries/001.p/1', '0/x018/x446/x744/x073/x709/x551/615'],
    ];
    for (const tile of absent) expect([tile, (await raw(`/v1/ledger/tile/${tile}`)).status]).toEqual([tile, 404]);
  });

  it('are one for each tile: what is no path of C2SP is not found', async () => {
    const wrong = [
      ...['', '0', '0/', '0/0', '0/00', '0/0000', '0/000/', '/0/000.p/1', '00/000.p/1', '64/000.p/1', '-1/000.p/1'],
      ...['0/000.p', '0/000.p/', '0/000.p/0', '0/000.p/01', '0/000.p/256', '0/000.p/1/', '0/000.P/1', '0/000.p/+1'],
      ...['0/x000/000.p/1', '0/x00/000.p/1', '0/000/000.p/1', '0/X001/000', '0//000.p/1', '0/./000.p/1'],
      ...[
        '0/../0/000.p/1',
        '../checkpoint',
        '0/%30%30%30.p/1',
        '0%2F000.p/1',
        '0/000.p%2F1',
        '0/000%2Ep/1',
        '%30/000.p/1',
      ],
      ...['0/000.p/1%00', '0/000.p/1%20', '0/000.p/1;x', 'entries', 'entries/', 'Entries/000.p/1', 'entries/0/000.p/1'],
      ...['0/００0.p/1', '0/x999/x999/x999/x999/x999/x999/x999/999', `0/${'x000/'.repeat(300)}000`],
    ].map(encodeURI);
    const taken: [string, number][] = [];
    for (const path of wrong.map((one) => one.replaceAll('%25', '%'))) {
      const { status } = await raw(`/v1/ledger/tile/${path}`);
      if (status !== 404) taken.push([path, status]);
    }
    expect(taken).toEqual([]);
    expect((await raw('/v1/ledger/tile/0/%zz')).status).toBe(400);
    expect((await raw('/v1/ledger/%74ile/0/000.p/1')).status).toBe(404);
  });

  it('take no parameters that they do not know', async () => {
    for (const path of [
      'checkpoint',
      'tile/0/000.p/1',
      'keys',
      'proof/inclusion?position=0&',
      'proof/consistency?from=1&',
    ]) {
      const url = `/v1/ledger/${path}${path.includes('?') ? '' : '?'}fresh=1`;
      expect([url, (await raw(url)).status]).toEqual([url, 400]);
    }
  });

  it('are in the access log', async () => {
    await raw(`/v1/ledger/tile/entries/000.p/${size}`);
    const route = encodeURIComponent('/v1/ledger/tile/*');
    const log = await server.admin.get<{ items: object[] }>(`/v1/access-log?route=${route}&limit=1`);
    expect(log.body.items).toMatchObject([
      { path: `/v1/ledger/tile/entries/000.p/${size}`, role: 'auditor', status: 200 },
    ]);
  });

  describe('of proofs', () => {
    const NOBODY = '0197a3c4-5d6e-7f80-9123-456789abcdef';
    const problems: [query: string, status: number, type: string][] = [
      ['inclusion', 400, 'invalid-request'],
      [`inclusion?position=0&eventId=${NOBODY}`, 400, 'invalid-request'],
      ['inclusion?position=-1', 400, 'invalid-request'],
      ['inclusion?position=1.5', 400, 'invalid-request'],
      ['inclusion?position=00', 400, 'invalid-request'],
      ['inclusion?position=0&size=01', 400, 'invalid-request'],
      ['consistency?from=01', 400, 'invalid-request'],
      ['inclusion?position=0&position=1', 400, 'invalid-request'],
      ['inclusion?position=0&size=0', 400, 'invalid-request'],
      ['inclusion?position=1&size=1', 400, 'invalid-request'],
      ['inclusion?position=999999999999999', 400, 'invalid-moment'],
      ['inclusion?position=0&size=999999999999999', 400, 'invalid-moment'],
      ['inclusion?position=0&minPosition=999999999999999', 400, 'invalid-moment'],
      [`inclusion?eventId=${NOBODY}`, 404, 'not-found'],
      ['inclusion?eventId=nobody', 400, 'invalid-request'],
      ['consistency', 400, 'invalid-request'],
      ['consistency?from=0', 400, 'invalid-request'],
      ['consistency?from=2&to=1', 400, 'invalid-request'],
      ['consistency?from=999999999999999', 400, 'invalid-moment'],
      ['consistency?from=1&to=999999999999999', 400, 'invalid-moment'],
      ['consistency?from=one', 400, 'invalid-request'],
    ];
    it.each(problems)('answers %s with %d %s', async (query, status, type) => {
      const { body } = await auditor.get(`/v1/ledger/proof/${query}`);
      expect(body).toMatchObject({
        status,
        type: `/problems/${type}`,
        detail: expect.stringMatching(/\.$/) as unknown,
      });
    });

    it('say what never changes', async () => {
      const pinned = [`inclusion?position=0&size=${size}`, `consistency?from=1&to=${size}`, `consistency?from=1&to=1`];
      const newest = ['inclusion?position=0', 'consistency?from=1'];
      for (const query of [...pinned, ...newest]) {
        const answer = await auditor.get(`/v1/ledger/proof/${query}`);
        expect([query, answer.headers.get('cache-control')]).toEqual([
          query,
          pinned.includes(query) ? 'private, immutable, max-age=31536000' : 'private, no-cache',
        ]);
        const again = { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } };
        if (pinned.includes(query)) expect((await auditor.get(`/v1/ledger/proof/${query}`, again)).status).toBe(304);
      }
    });
  });
});
