import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

const good = bakeOf(digestOf('good'));
const json = JSON.stringify(good);
const bake = (more: Record<string, unknown>) => bakeOf(digestOf('good'), 'shop-api', more);
const ahead = new Date(Date.now() + 6 * 60_000).toISOString();
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Bodies of `POST /v1/artifacts` and what is said of them. */
const BODIES: [what: string, body: unknown, status: number, said: RegExp][] = [
  ['an empty body', '', 400, /empty/],
  ['no JSON', 'digest=1', 400, /not valid JSON/],
  ['JSON that stops', json.slice(0, -5), 400, /not valid JSON/],
  ['a trailing comma', json.replace(/\}$/, ',}'), 400, /not valid JSON.*position/],
  ['a list', [good], 400, /object/],
  ['null', 'null', 400, /object/],
  ['a number', '17', 400, /object/],
  ['a string', '"bake"', 400, /object/],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, /UTF-8/],
  ['UTF-16', Buffer.from(json, 'utf16le'), 400, /JSON|UTF-8/],
  ['the same key twice', json.replace('{', '{"digest":"x",'), 400, /same key twice/],
  ['the same key twice, deep down', json.replace('"commit"', '"commit":"x","commit"'), 400, /same key twice/],
  ['the same key twice, once escaped', json.replace('{', '{"\\u0064igest":"x",'), 400, /same key twice/],
  ['a lone surrogate', json.replace('1.0.0', '\\ud800'), 400, /surrogate/],
  ['a lone surrogate in a key', json.replace('{', '{"\\udc00":1,'), 400, /surrogate/],
  ['U+0000', json.replace('1.0.0', 'a\\u0000b'), 400, /U\+0000/],
  ['a raw control character', json.replace('1.0.0', 'a\u0001b'), 400, /not valid JSON/],
  ['an escaped control character', json.replace('1.0.0', 'a\\u0007b'), 400, /version/],
  ['too deep', nested(20), 400, /deeper/],
  ['far too deep', nested(5_000), 400, /deeper/],
  ['deep lists', `{"digest":${'['.repeat(9_000)}${']'.repeat(9_000)}}`, 400, /deeper/],
  ['__proto__', json.replace('{', '{"__proto__":{"admin":true},'), 400, /__proto__/],
  ['constructor', json.replace('{', '{"constructor":{"prototype":{}},'), 400, /constructor/],
  ['toString', bake({ toString: 'x' }), 400, /toString is not a known field/],
  ['an unknown field', bake({ colour: 'red' }), 400, /colour is not a known field/],
  ['an unknown field in an object', bake({ run: { id: '1', node: 'x' } }), 400, /run\.node is not a known field/],
  ['a body of 70 KiB', bake({ version: 'x'.repeat(70_000) }), 413, /60|64|KiB/],
  ['a missing field', { ...good, digest: undefined }, 400, /digest is missing/],
  ['a field that is null', bake({ component: null }), 400, /component must be/],
  ['an optional field that is null', bake({ base: null }), 400, /base must be/],
  ['a number for text', bake({ version: 2 }), 400, /version must be/],
  ['a list for an object', bake({ source: [] }), 400, /source must be an object/],
  ['text for an object', bake({ run: 'r1' }), 400, /run must be an object/],
  ['an object for text', bake({ version: { a: 1 } }), 400, /version must be/],
  ['empty text', bake({ version: '' }), 400, /version must be/],
  ['blank text', bake({ version: '  ' }), 400, /version must be/],
  ['text that is too long', bake({ version: 'v'.repeat(201) }), 400, /version must be/],
  ['an unknown kind', bake({ kind: 'floppy-disk' }), 400, /kind must be one of/],
  ['a kind in other letters', bake({ kind: 'Package' }), 400, /kind must be one of/],
  ['a digest of 65 digits', bakeOf(`sha256:${'a'.repeat(65)}`), 400, /digest must be/],
  ['a digest of 63 digits', bakeOf(`sha256:${'a'.repeat(63)}`), 400, /digest must be/],
  ['a digest that lost a letter', bakeOf(`ha256:${'a'.repeat(64)}`), 400, /digest must be/],
  ['a digest in capitals', bakeOf(digestOf('x').toUpperCase()), 400, /digest must be/],
  ['a digest with a line end', bakeOf(`${digestOf('x')}\n`), 400, /digest must be/],
  ['a tag for a digest', bakeOf('latest'), 400, /digest must be/],
  ['a SHA-512 as long as a SHA-256', bakeOf(`sha512:${'a'.repeat(64)}`), 400, /digest must be/],
  ['a component with a space', bakeOf(digestOf('x'), 'shop api'), 400, /component must be/],
  ['a component that goes up', bakeOf(digestOf('x'), '../etc'), 400, /component must be/],
  ['a run’s address that is none', bake({ run: { id: '1', url: 'not a url' } }), 400, /run\.url must be/],
  ['a time without a zone', bake({ occurredAt: '2026-01-01T00:00:00' }), 400, /occurredAt must be/],
  ['a date', bake({ occurredAt: '2026-01-01' }), 400, /occurredAt must be/],
  ['a 30th of February', bake({ occurredAt: '2026-02-30T00:00:00Z' }), 400, /occurredAt must be/],
  ['a 25th hour', bake({ occurredAt: '2026-01-01T25:00:00Z' }), 400, /occurredAt must be/],
  ['milliseconds for a time', bake({ occurredAt: 1_760_000_000_000 }), 400, /occurredAt must be/],
  ['a time that is six minutes ahead', bake({ occurredAt: ahead }), 400, /five minutes ahead/],
];

describe('bad input', () => {
  let server: TestServer;
  let shop: Shop;
  let headBefore: unknown;
  const head = async () => (await server.api().get('/health/ready')).body['head'];
  beforeAll(async () => {
    server = await startTestServer();
    shop = await setUpShop(server);
    headBefore = await head();
  });
  afterAll(() => server.stop());

  type Answered = Awaited<ReturnType<Api['get']>>;
  const expectProblem = ({ status, headers, body, text }: Answered, expected: number, said: RegExp) => {
    expect([status, text]).toEqual([expected, text]);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ status: expected, title: expect.any(String), type: expect.any(String) });
    expect(text).toMatch(said);
    expect(text).not.toMatch(/node_modules|\.js:|\.ts:/);
  };

  it.each(BODIES)('in a body: %s', async (_what, body, status, said) => {
    expectProblem(await shop.pipeline.post('/v1/artifacts', body), status, said);
  });

  it.each<[string, (api: Shop & { admin: Api }) => Promise<Answered>, number, RegExp]>([
    [
      'text/plain',
      ({ pipeline }) => pipeline.post('/v1/artifacts', json, { headers: { 'content-type': 'text/plain' } }),
      415,
      /application\/json/,
    ],
    [
      'a form',
      ({ pipeline }) =>
        pipeline.post('/v1/artifacts', 'a=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      415,
      /application\/json/,
    ],
    [
      'NDJSON at another route',
      ({ pipeline }) => pipeline.post('/v1/artifacts', json, { headers: { 'content-type': 'application/x-ndjson' } }),
      415,
      /application\/json/,
    ],
    [
      'an empty Idempotency-Key',
      ({ pipeline }) => pipeline.post('/v1/artifacts', good, { headers: { 'idempotency-key': '' } }),
      400,
      /Idempotency-Key/,
    ],
    [
      'a long Idempotency-Key',
      ({ pipeline }) => pipeline.post('/v1/artifacts', good, { headers: { 'idempotency-key': 'k'.repeat(201) } }),
      400,
      /Idempotency-Key/,
    ],
    [
      'an Idempotency-Key with a space',
      ({ pipeline }) => pipeline.post('/v1/artifacts', good, { headers: { 'idempotency-key': 'a b' } }),
      400,
      /Idempotency-Key/,
    ],
    [
      'an environment’s name in the path',
      ({ pipeline }) => pipeline.post('/v1/environments/a%20b/promotions', promotionOf(digestOf('x'))),
      400,
      /environment/,
    ],
    ['a path that cannot be decoded', ({ pipeline }) => pipeline.post('/v1/environments/%zz/promotions', {}), 400, /./],
    [
      'a change id that is none',
      ({ pipeline }) => pipeline.post('/v1/environments/dev/promotions/17/switch', {}),
      400,
      /changeId/,
    ],
    [
      'a digest in the path',
      ({ pipeline }) => pipeline.post('/v1/artifacts/sha256:12/attestations', { type: 't', result: 'passed' }),
      400,
      /digest/,
    ],
    [
      'a negative basedOn',
      ({ pipeline }) => pipeline.post('/v1/environments/dev/promotions', promotionOf(digestOf('x'), { basedOn: -1 })),
      400,
      /basedOn/,
    ],
    [
      'a broken basedOn',
      ({ pipeline }) => pipeline.post('/v1/environments/dev/promotions', promotionOf(digestOf('x'), { basedOn: 1.5 })),
      400,
      /basedOn/,
    ],
    [
      'a soak in months',
      ({ admin }) => admin.post('/v1/environments', { name: 'x', tier: 'test', policy: { soak: 'P1M' } }),
      400,
      /policy\.soak/,
    ],
    ['an unknown tier', ({ admin }) => admin.post('/v1/environments', { name: 'x', tier: 'prod' }), 400, /tier/],
    [
      'no strategy',
      ({ admin }) => admin.post('/v1/environments', { name: 'x', tier: 'test', policy: { strategies: [] } }),
      400,
      /policy\.strategies/,
    ],
    [
      'evidence twice nested wrong',
      ({ admin }) => admin.post('/v1/environments', { name: 'x', tier: 'test', policy: { evidence: [{ kind: 'x' }] } }),
      400,
      /policy\.evidence/,
    ],
    [
      'too many globs',
      ({ admin }) =>
        admin.post('/v1/pipelines', {
          id: 'x',
          name: 'x',
          mayBake: Array.from({ length: 201 }, (_, i) => `c${i}`),
          mayPromoteTo: [],
        }),
      400,
      /mayBake/,
    ],
    [
      'a glob twice',
      ({ admin }) => admin.post('/v1/pipelines', { id: 'x', name: 'x', mayBake: ['a', 'a'], mayPromoteTo: [] }),
      400,
      /mayBake/,
    ],
    ['a role that is none', ({ admin }) => admin.post('/v1/tokens', { subject: 's', role: 'root' }), 400, /role/],
    [
      'a pipeline’s token without its pipeline',
      ({ admin }) => admin.post('/v1/tokens', { subject: 's', role: 'pipeline' }),
      400,
      /pipeline/,
    ],
    [
      'an auditor’s token with a pipeline',
      ({ admin }) => admin.post('/v1/tokens', { subject: 's', role: 'auditor', pipeline: 'shop' }),
      400,
      /pipeline/,
    ],
    [
      'a token that has expired',
      ({ admin }) => admin.post('/v1/tokens', { subject: 's', role: 'auditor', expiresAt: '2020-01-01T00:00:00Z' }),
      400,
      /expiresAt/,
    ],
    [
      'an unknown parameter',
      ({ auditor }) => auditor.get('/v1/changes?enviroment=dev'),
      400,
      /enviroment is not a known field/,
    ],
    ['__proto__ as a parameter', ({ auditor }) => auditor.get('/v1/changes?__proto__=a&__proto__=b'), 400, /__proto__/],
    ['constructor as a parameter', ({ auditor }) => auditor.get('/v1/changes?constructor=a'), 400, /constructor/],
    ['a limit of 0', ({ auditor }) => auditor.get('/v1/changes?limit=0'), 400, /limit/],
    ['a limit of 501', ({ auditor }) => auditor.get('/v1/changes?limit=501'), 400, /limit/],
    ['two limits', ({ auditor }) => auditor.get('/v1/changes?limit=1&limit=2'), 400, /limit/],
    ['a cursor that is none', ({ auditor }) => auditor.get('/v1/changes?cursor=abc'), 400, /cursor/],
    [
      'a forged cursor',
      ({ auditor }) => auditor.get(`/v1/changes?cursor=${Buffer.from('[1,{"a":1},"x"]').toString('base64url')}`),
      400,
      /cursor/,
    ],
    ['a cursor with other letters', ({ auditor }) => auditor.get('/v1/changes?cursor=%00'), 400, /cursor/],
    [
      'a window the wrong way round',
      ({ auditor }) => auditor.get('/v1/changes?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z'),
      400,
      /from/,
    ],
    ['an outcome that is none', ({ auditor }) => auditor.get('/v1/changes?outcome=great'), 400, /outcome/],
    [
      'a moment that is none',
      ({ auditor }) => auditor.get('/v1/environments/dev/known-good?asOf=yesterday'),
      400,
      /asOf/,
    ],
    ['a negative position', ({ auditor }) => auditor.get('/v1/environments/dev/known-good?asOf=-1'), 400, /asOf/],
    [
      'a position of 16 digits',
      ({ auditor }) => auditor.get('/v1/environments/dev/known-good?asOf=9999999999999999'),
      400,
      /asOf/,
    ],
    ['a diff of nothing', ({ auditor }) => auditor.get('/v1/environments/dev/diff'), 400, /from/],
    [
      'a diff of too much',
      ({ auditor }) => auditor.get('/v1/environments/dev/diff?against=staging&from=1'),
      400,
      /against/,
    ],
    ['an unknown route', ({ auditor }) => auditor.get('/v1/freezes'), 404, /nothing/],
    ['a method that a route does not have', ({ auditor }) => auditor.put('/v1/events', {}), 404, /nothing/],
    [
      'an environment that is not there',
      ({ auditor }) => auditor.get('/v1/environments/nowhere/known-good'),
      404,
      /nowhere/,
    ],
  ])('elsewhere: %s', async (_what, call, status, said) => {
    expectProblem(await call({ ...shop, admin: server.admin }), status, said);
  });

  it('that is no HTTP is answered on the socket', async () => {
    const { hostname, port } = new URL(server.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*problem\+json[^]*malformed-request/);
  });

  it('is never written', async () => {
    // The three tokens of the shop are the last that was written.
    expect(await head()).toBe(headBefore);
  });
});
