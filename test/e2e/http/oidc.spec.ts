import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeIssuerKey, TestIssuer, type TokenParts } from '../../support/issuer.js';
import { eventually } from '../../support/eventually.js';
import { pemOf } from '../../support/statements.js';
import { bakeOf, digestOf, promotionOf, setUpShop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

const SHOP = { name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] };

describe('a pipeline with a token of its CI', () => {
  let issuer: TestIssuer;
  let other: TestIssuer;
  let server: TestServer;
  let settings: Record<string, string>;

  beforeAll(async () => {
    [issuer, other] = [await TestIssuer.start('RS256'), await TestIssuer.start()];
    settings = { CAIRN_OIDC_ISSUERS: issuer.url, CAIRN_OIDC_AUDIENCE: 'cairn' };
    server = await startTestServer(undefined, settings);
    await setUpShop(server);
    await register('main', { repository: 'example/shop', ref: 'refs/heads/main' });
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([issuer.goAway(), other.goAway()]);
  });

  const oidcOf = (claims: Record<string, string>, more: object = {}) => ({ issuer: issuer.url, claims, ...more });
  const register = async (id: string, claims: Record<string, string>, more: object = {}) => {
    const answer = await server.admin.post('/v1/pipelines', { ...SHOP, id, oidc: oidcOf(claims, more) });
    expect(answer.text).toContain('eventId');
  };
  const change = (id: string, oidc?: object) =>
    server.admin.put(`/v1/pipelines/${id}`, { ...SHOP, ...(oidc && { oidc }) });
  let bakes = 0;
  const bakeWith = (token: string, headers: Record<string, string> = {}) =>
    server.api(token).post('/v1/artifacts', bakeOf(digestOf(`oidc ${(bakes += 1)}`)), { headers });
  const bake = async (parts: TokenParts = {}, headers?: Record<string, string>) =>
    bakeWith(await issuer.token(parts), headers);

  it('bakes and promotes, by one name from one token to the next', async () => {
    const digest = digestOf('by oidc');
    const baked = await server.api(await issuer.token()).post<{ eventId: string }>('/v1/artifacts', bakeOf(digest));
    expect(baked.status).toBe(201);
    const promoted = server.api(await issuer.token()).post('/v1/environments/dev/promotions', promotionOf(digest));
    expect((await promoted).status).toBe(201);
    const event = await server.admin.get(`/v1/events/${baked.body.eventId}`);
    expect(event.body).toMatchObject({ actor: 'oidc/main', data: { pipeline: 'main' } });
    const headers = { 'idempotency-key': 'run-17' };
    const body = bakeOf(digestOf('again'));
    const first = await server.api(await issuer.token()).post('/v1/artifacts', body, { headers });
    const again = await server.api(await issuer.token()).post('/v1/artifacts', body, { headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('has the role of a pipeline and no other', async () => {
    const api = server.api(await issuer.token());
    expect((await api.get('/v1/pipelines')).status).toBe(200);
    expect((await api.get('/v1/tokens')).status).toBe(403);
    expect((await api.post('/v1/pipelines', { ...SHOP, id: 'own' })).status).toBe(403);
  });

  const nowS = () => Math.floor(Date.now() / 1_000);
  it.each<[string, () => Promise<string>, RegExp]>([
    [
      'of another repository',
      () => issuer.token({ claims: { repository: 'evil/shop' } }),
      /No pipeline’s registration/,
    ],
    ['of another branch', () => issuer.token({ claims: { ref: 'refs/heads/x' } }), /No pipeline’s registration/],
    ['for another audience', () => issuer.token({ claims: { aud: 'sigstore' } }), /another audience/],
    ['of another issuer', () => other.token(), /no issuer that is trusted/],
    ['that has expired', () => issuer.token({ claims: { iat: nowS() - 60, exp: nowS() - 1 } }), /has expired at/],
    ['that is not good yet', () => issuer.token({ claims: { nbf: nowS() + 60 } }), /is good from/],
    ['that is good for too long', () => issuer.token({ claims: { exp: nowS() + 90_000 } }), /more than 24 hours/],
    ['without an end', () => issuer.token({ claims: { exp: undefined } }), /claim exp is missing/],
    ['by another key', async () => issuer.token({ key: await makeIssuerKey() }), /key that .* does not have/],
  ])('does not come in with one %s', async (_what, token, expected) => {
    const sent = await token();
    const answer = await bakeWith(sent);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ type: '/problems/unauthenticated', detail: expect.stringMatching(expected) });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="cairn", error="invalid_token"');
    expect(answer.text).not.toContain(sent.split('.')[2] || 'eyJ');
  });

  it('is told how to send one, and that one may not be endless', async () => {
    const without = await server.api().get('/v1/pipelines');
    expect(without.headers.get('www-authenticate')).toBe('Bearer realm="cairn"');
    const endless = await server.api('a'.repeat(8_193)).get('/v1/pipelines');
    expect([endless.status, endless.body['detail']]).toEqual([401, 'A token may have 8 KiB.']);
  });

  it('does not come in with one in the query, and none is in the access log', async () => {
    const token = await issuer.token();
    const evil = await issuer.token({ claims: { repository: 'evil/shop' } });
    expect((await server.api().get(`/v1/pipelines?access_token=${token}&x=${token}`)).status).toBe(401);
    expect((await server.api(token).get(`/v1/pipelines/${token}`)).status).toBe(400);
    const headers = { 'user-agent': `ci ${token}` };
    expect((await server.api(token).get('/v1/pipelines', { headers })).status).toBe(200);
    expect((await server.api(evil).get('/v1/pipelines')).status).toBe(401);
    const log = async () =>
      (await server.admin.get<{ items: object[] }>('/v1/access-log?path=/v1/pipelines')).body.items;
    await eventually(async () => (await log()).length >= 4);
    expect(await log()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 401, path: '/v1/pipelines?access_token=***&x=***' }),
        expect.objectContaining({
          ...{ status: 200, subject: 'oidc/main', role: 'pipeline', pipeline: 'main', userAgent: 'ci ***' },
          tokenId: expect.stringMatching(/^[0-9a-f]{32}$/),
        }),
      ]),
    );
    const files = (await readdir(server.folder)).filter((name) => /\.db/.test(name));
    const bytes = Buffer.concat(await Promise.all(files.map((name) => readFile(join(server.folder, name)))));
    for (const text of [token, evil]) {
      for (const secret of text.split('.').slice(1)) expect(bytes.includes(secret)).toBe(false);
    }
  });

  it('is suspended at once, also with a token that was good a moment ago', async () => {
    await register('suspended', { repository: 'example/suspended' });
    const token = await issuer.token({ claims: { repository: 'example/suspended' } });
    expect((await bakeWith(token)).status).toBe(201);
    await server.admin.post('/v1/pipelines/suspended/suspension', { reason: 'Its runner was broken into.' });
    expect((await bakeWith(token)).body).toMatchObject({ status: 403, reason: 'pipeline-suspended' });
  });

  it('is another once its registration is, also with a token that was good a moment ago', async () => {
    await register('changed', { repository: 'example/changed' });
    const token = await issuer.token({ claims: { repository: 'example/changed' } });
    expect((await bakeWith(token)).status).toBe(201);
    await change('changed', oidcOf({ repository: 'example/changed', ref: 'refs/tags/*' }));
    expect((await bakeWith(token)).status).toBe(401);
    await change('changed', oidcOf({ repository: 'example/changed', ref: 'refs/heads/*' }));
    expect((await bakeWith(token)).status).toBe(201);
    await change('changed');
    expect((await bakeWith(token)).status).toBe(401);
    const line = {
      command: 'change-pipeline',
      ...SHOP,
      id: 'changed',
      oidc: oidcOf({ repository: 'example/changed' }),
    };
    expect(await server.admin.import([line])).toMatchObject([{ status: 'accepted' }]);
    expect((await bakeWith(token)).status).toBe(201);
  });

  it('says which it is, where it could be several, and may have an audience of its own', async () => {
    await register('one', { repository: 'example/both' });
    await register('two', { repository: 'example/both' });
    await register('three', { repository: 'example/both' }, { audience: 'three' });
    const claims = { repository: 'example/both' };
    const unsaid = await bake({ claims });
    expect([unsaid.status, unsaid.body['detail']]).toEqual([
      400,
      expect.stringMatching(/: one, two\. .*Cairn-Pipeline/),
    ]);
    expect((await bake({ claims }, { 'cairn-pipeline': 'two' })).status).toBe(201);
    expect((await bake({ claims }, { 'cairn-pipeline': 'main' })).status).toBe(401);
    expect((await bake({ claims }, { 'cairn-pipeline': '!' })).status).toBe(400);
    expect((await bake({ claims: { ...claims, aud: 'three' } })).status).toBe(201);
    expect((await bake({ claims: { ...claims, aud: 'three' } }, { 'cairn-pipeline': 'two' })).status).toBe(401);
  });

  it('is registered with keys and claims, and is shown with them', async () => {
    const publicKey = pemOf(generateKeyPairSync('ed25519').publicKey);
    const oidc = oidcOf({ repository: 'example/keys' });
    const body = { ...SHOP, id: 'keys', oidc, keys: [{ publicKey, validUntil: '2099-01-01T00:00:00Z' }] };
    expect((await server.admin.post('/v1/pipelines', { ...body, keys: [body.keys[0], body.keys[0]] })).status).toBe(
      400,
    );
    const made = await server.admin.post<{ position: number }>('/v1/pipelines', body);
    expect(made.status).toBe(201);
    const shown = async () => (await server.admin.get(`/v1/pipelines/keys?minPosition=${made.body.position}`)).body;
    const keys = [
      { keyId: expect.stringMatching(/^[0-9a-f]{32}$/), publicKey, validUntil: '2099-01-01T00:00:00.000Z' },
    ];
    expect(await shown()).toMatchObject({ oidc, keys });
    expect((await server.admin.put('/v1/pipelines/keys', { ...SHOP, keys: body.keys })).status).toBe(400);
    const changed = await change('keys');
    const after = await server.admin.get(`/v1/pipelines/keys?minPosition=${String(changed.body['position'])}`);
    expect(after.body).toMatchObject({ keys });
    expect(after.body).not.toHaveProperty('oidc');
  });

  it('is not registered for an issuer that nobody trusts', async () => {
    const body = { ...SHOP, id: 'untrusted', oidc: { issuer: other.url, claims: { repository: 'x' } } };
    const answer = await server.admin.post('/v1/pipelines', body);
    expect(answer.body).toMatchObject({ status: 400, errors: [{ field: 'oidc.issuer' }] });
    expect(answer.body['detail']).toContain(issuer.url);
  });

  it('is known after a restart', async () => {
    server = await server.restart();
    expect((await bake()).status).toBe(201);
  });

  it('costs its issuer nothing: 200 requests, at most the first are followed by a look', async () => {
    expect((await bake()).status).toBe(201);
    issuer.requests.length = 0;
    const token = await issuer.token();
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++) {
      const ten = Array.from({ length: 10 }, () => bakeWith(token));
      const fresh = Array.from({ length: 10 }, () => bake());
      for (const { status } of await Promise.all([...ten, ...fresh])) statuses.push(status);
    }
    expect(statuses).toEqual(Array(200).fill(201));
    expect(issuer.requests).toEqual([]);
  });

  it('is not refused while its issuer changes its keys', async () => {
    const old = await issuer.token();
    const statuses: number[] = [];
    let isOver = false;
    const work = async () => {
      while (!isOver) {
        statuses.push((await bake()).status, (await bakeWith(old)).status);
      }
    };
    const workers = Array.from({ length: 4 }, work);
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await issuer.rotate({ alg: turn % 2 === 0 ? 'ES256' : 'RS256' });
    }
    // By the last of the keys, which has to be found first.
    expect((await bake()).status).toBe(201);
    isOver = true;
    await Promise.all(workers);
    expect(statuses.length).toBeGreaterThan(50);
    expect(statuses.filter((status) => status !== 201)).toEqual([]);
  });

  describe('while its issuer is away', () => {
    afterEach(() => issuer.comeBack());

    it('comes in by the keys that are known, and is told to try again by others', async () => {
      expect((await bake()).status).toBe(201);
      await issuer.goAway();
      expect((await bake()).status).toBe(201);
      const unknown = await bake({ key: await makeIssuerKey() });
      expect(unknown.body).toMatchObject({ status: 503, detail: expect.stringMatching(/does not answer/) });
      expect(unknown.headers.get('retry-after')).toBe('1');
      const log = await server.admin.get<{ items: object[] }>('/v1/access-log?status=503');
      expect(log.body.items).toHaveLength(1);
    });
  });
});

describe('a server that trusts no issuer', () => {
  it('takes no token of any, and says so where one is registered', async () => {
    const issuer = await TestIssuer.start();
    const server = await startTestServer();
    expect((await server.api(await issuer.token()).get('/v1/pipelines')).status).toBe(401);
    const oidc = { issuer: issuer.url, claims: { repository: 'x' } };
    const answer = await server.admin.post('/v1/pipelines', { ...SHOP, id: 'x', oidc });
    expect(answer.body['detail']).toMatch(/CAIRN_OIDC_ISSUERS/);
    expect(issuer.requests).toEqual([]);
    await server.stop();
    await issuer.goAway();
  });
});
