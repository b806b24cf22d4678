import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import helmet from '@fastify/helmet';
import { fastify } from 'fastify';
import { connect } from 'node:net';
import { SECURITY_HEADERS } from '../../../src/http/security-headers.js';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** What a server says to bytes on a bare connection, until it closes it. */
function answerTo(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('close', () => resolve(text)).once('error', reject);
  });
}

describe('every answer', () => {
  let server: TestServer;
  let shop: Shop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await setUpShop(server);
  });
  afterAll(() => server.stop());

  const { 'content-security-policy': policy, ...others } = SECURITY_HEADERS;
  const find = (headers: Headers) => Object.fromEntries(Object.keys(others).map((name) => [name, headers.get(name)]));
  const send = (path: string, init: RequestInit = {}, token: string | null = server.adminToken) =>
    fetch(server.url + path, {
      ...init,
      headers: {
        origin: 'https://another.example',
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(init.headers as object),
      },
    });
  const json = { 'content-type': 'application/json' };

  it.each<[what: string, status: number, ask: () => Promise<Response>]>([
    ['a read', 200, () => send('/v1/pipelines')],
    ['a HEAD', 200, () => send('/v1/pipelines', { method: 'HEAD' })],
    ['a list of tokens', 200, () => send('/v1/tokens')],
    [
      'a write',
      201,
      () =>
        send(
          '/v1/artifacts',
          { method: 'POST', headers: json, body: JSON.stringify(bakeOf(digestOf('h'))) },
          shop.pipeline.token,
        ),
    ],
    [
      'what has not changed',
      304,
      async () => {
        const etag = (await send('/v1/pipelines')).headers.get('etag') ?? '';
        return send('/v1/pipelines', { headers: { 'if-none-match': etag } });
      },
    ],
    [
      'what is no JSON',
      400,
      () => send('/v1/artifacts', { method: 'POST', headers: json, body: '{' }, shop.pipeline.token),
    ],
    ['what comes without a token', 401, () => send('/v1/pipelines', {}, null)],
    ['what a role may not do', 403, () => send('/v1/tokens', {}, shop.auditor.token)],
    ['what is not there', 404, () => send('/v1/pipelines/nobody')],
    ['a path that is none', 404, () => send('/nothing-here')],
    ['a method that is none', 404, () => send('/v1/pipelines', { method: 'PATCH' })],
    ['a path that cannot be read', 400, () => send('/v1/pipelines/%zz')],
    ['a parameter that is too long', 400, () => send(`/v1/pipelines/${'x'.repeat(2_000)}`)],
    [
      'a body that is too large',
      413,
      () => send('/v1/pipelines', { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(70_000)) }),
    ],
    [
      'a body of another kind',
      415,
      () => send('/v1/pipelines', { method: 'POST', headers: { 'content-type': 'text/xml' }, body: 'x' }),
    ],
    ['health', 200, () => send('/health/ready', {}, null)],
    ['the description', 200, () => send('/openapi.json', {}, null)],
  ])('lets browsers do nothing with it: %s', async (_what, status, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(find(answer.headers)).toEqual(others);
    expect(answer.headers.get('content-security-policy')).toBe(policy);
    expect(answer.headers.get('cache-control')).toMatch(/no-store|private/);
    for (const name of ['server', 'x-powered-by', 'access-control-allow-origin'])
      expect(answer.headers.has(name)).toBe(false);
  });

  it('also to what is no HTTP, and to headers without end', async () => {
    for (const bytes of ['nonsense\r\n\r\n', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`]) {
      const text = (await answerTo(server.url, bytes)).toLowerCase();
      expect(text).toMatch(/^http\/1\.1 400 bad request\r\n/);
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
        expect(text).toContain(`\r\n${name}: ${value.toLowerCase()}\r\n`);
      }
      expect(text).toContain('\r\ncache-control: no-store\r\n');
    }
  });

  it('lets a page have its own styles, and nothing else', async () => {
    const [digest, path] = [digestOf('page'), '/v1/environments/dev/promotions'];
    await shop.pipeline.post('/v1/artifacts', bakeOf(digest));
    const { changeId } = (await shop.pipeline.post<{ changeId: string }>(path, promotionOf(digest))).body;
    const pages = ['/v1/reports/advisory-board?environment=production', `/v1/changes/${changeId}`];
    for (const address of pages) {
      const page = await send(address, { headers: { accept: 'text/html' } });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toContain('text/html');
      const own = page.headers.get('content-security-policy') ?? '';
      expect(own).toContain("default-src 'none'; style-src 'unsafe-inline'");
      for (const part of ['frame-ancestors', 'base-uri', 'form-action']) expect(own).toContain(`${part} 'none'`);
      expect(find(page.headers)).toEqual(others);
      expect(page.headers.get('cache-control')).toMatch(/^private/);
    }
  });
});

describe('the headers', () => {
  it('are those that helmet sends under the same policy', async () => {
    const app = fastify();
    const none = ["'none'"];
    const directives = { defaultSrc: none, frameAncestors: none, baseUri: none, formAction: none };
    await app.register(helmet, {
      contentSecurityPolicy: { useDefaults: false, directives },
      frameguard: { action: 'deny' },
      // For browsers of yesterday, and of no use beside the policy.
      ...{ dnsPrefetchControl: false, ieNoOpen: false, xssFilter: false },
    });
    app.get('/', (_request, reply) => reply.send(''));
    const { headers } = await app.inject('/');
    const { 'content-length': _length, 'content-type': _type, date: _date, connection: _connection, ...sent } = headers;
    expect(sent).toEqual(SECURITY_HEADERS);
    await app.close();
  });
});
