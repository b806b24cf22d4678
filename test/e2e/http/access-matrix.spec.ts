import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { exportSPKI } from 'jose';
import { ROLES, type Role } from '../../../src/domain/access/events.js';
import { eventually } from '../../support/eventually.js';
import { makeIssuerKey, TestIssuer } from '../../support/issuer.js';
import { bakeOf, digestOf, promotionOf } from '../support/fixtures.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';
import { ORIGIN, PEOPLE, startSignIn, type SignInScene } from '../support/sign-in.js';

const UUID = '0197a3c4-5d6e-7f80-9123-456789abcdef';
const PLACES: Record<string, string> = {
  ':environment': 'production',
  ':digest': `sha256:${'0'.repeat(64)}`,
  ':changeId': UUID,
  ':id': UUID,
};
const AUDIENCE = 'cairn';

/** Of routes that ask for no token: nobody has begun to sign in, and whoever leaves must be on a page of ours. */
const OWN_ANSWERS: Readonly<Record<string, number>> = { '/v1/sign-in/callback': 401, '/v1/sign-out': 403 };

/** How somebody comes. */
interface Credential {
  readonly what: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** What they may be taken for; nobody, unless it is said. */
  readonly role?: Role;
  /** Taken for it only where nothing is written. */
  readonly readsOnly?: boolean;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('every route', () => {
  let issuer: TestIssuer;
  let stranger: TestIssuer;
  let people: SignInScene;
  let server: TestServer;
  let credentials: Credential[];

  beforeAll(async () => {
    [issuer, stranger] = [await TestIssuer.start('RS256'), await TestIssuer.start('RS256')];
    people = await startSignIn(ORIGIN, { CAIRN_OIDC_ISSUERS: issuer.url, CAIRN_OIDC_AUDIENCE: AUDIENCE });
    server = people.server;
    const oidc = { issuer: issuer.url, claims: { repository: 'example/shop', ref: 'refs/heads/main' } };
    const registration = { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'], oidc };
    expect((await server.admin.post('/v1/pipelines', registration)).status).toBe(201);
    await server.admin.post('/v1/environments', { name: 'production', tier: 'production' });
    credentials = [
      ...[...(await rightful()), ...(await sessions())],
      ...[...(await outOfForce()), ...(await forged()), ...misplaced()],
    ];
  });
  afterAll(async () => {
    await people.stop();
    await Promise.all([issuer.goAway(), stranger.goAway()]);
  });

  async function rightful(): Promise<Credential[]> {
    const issued = ROLES.map(async (role) => {
      const { token } = await server.as(role, role === 'pipeline' ? 'shop' : undefined);
      return { what: `an issued token of the role ${role}`, headers: bearer(token), role };
    });
    const oidc = {
      what: 'a token of the pipeline’s CI',
      headers: bearer(await issuer.token()),
      role: 'pipeline',
    } as const;
    return [...(await Promise.all(issued)), oidc];
  }

  const personal = (who: object) => people.issuer.token({ claims: { aud: people.issuer.clientId, ...who } });

  async function sessions(): Promise<Credential[]> {
    const known = (['admin', 'approver', 'auditor'] as const).map(async (role) => {
      const token = await personal(PEOPLE[role]);
      const cookie = `__Host-cairn=${token}`;
      return [
        { what: `a person’s token with the role ${role}`, headers: bearer(token), role },
        { what: `the session of a page with the role ${role}`, headers: { cookie, origin: ORIGIN }, role },
        { what: `the session of no page with the role ${role}`, headers: { cookie }, role, readsOnly: true },
      ];
    });
    const admin = await personal(PEOPLE.admin);
    const elsewhere = await personal({ ...PEOPLE.admin, aud: 'elsewhere' });
    const cookie = `__Host-cairn=${admin}`;
    return [
      ...(await Promise.all(known)).flat(),
      {
        ...{ what: 'the admin’s session on a page of another site', role: 'admin', readsOnly: true },
        headers: { cookie, origin: 'https://evil.example' },
      },
      { what: 'a person without a role', headers: bearer(await personal(PEOPLE.nobody)) },
      { what: 'a person’s token for another audience', headers: bearer(elsewhere) },
      { what: 'a session of another audience', headers: { cookie: `__Host-cairn=${elsewhere}`, origin: ORIGIN } },
      { what: 'a session in the cookie of http', headers: { cookie: `cairn-session=${admin}`, origin: ORIGIN } },
      { what: 'an issued token in the session’s cookie', headers: { cookie: `__Host-cairn=${server.adminToken}` } },
      { what: 'a session beside a token that is none', headers: { cookie, origin: ORIGIN, ...bearer('nonsense') } },
    ];
  }

  async function outOfForce(): Promise<Credential[]> {
    const endsMs = Date.now() + 2_000;
    const brief = { subject: 'brief', role: 'admin', expiresAt: new Date(endsMs).toISOString() };
    const expired = await server.admin.post<{ token: string }>('/v1/tokens', brief);
    expect(expired.status).toBe(201);
    const revoked = await server.admin.post<{ token: string; id: string }>('/v1/tokens', {
      ...{ subject: 'revoked', role: 'admin' },
    });
    expect((await server.admin.delete(`/v1/tokens/${revoked.body.id}`)).status).toBe(200);
    const [nowS, hourS] = [Math.floor(Date.now() / 1_000), 3_600];
    const past = { iat: nowS - 2 * hourS, nbf: nowS - 2 * hourS, exp: nowS - hourS };
    const future = { iat: nowS + hourS, nbf: nowS + hourS, exp: nowS + 2 * hourS };
    await eventually(() => Date.now() > endsMs);
    return [
      { what: 'an issued token that has expired', headers: bearer(expired.body.token) },
      { what: 'an issued token that was revoked', headers: bearer(revoked.body.token) },
      { what: 'a token of the CI that has expired', headers: bearer(await issuer.token({ claims: past })) },
      { what: 'a token of the CI that is not good yet', headers: bearer(await issuer.token({ claims: future })) },
    ];
  }

  async function forged(): Promise<Credential[]> {
    const other = await makeIssuerKey('RS256', issuer.key.kid);
    const of = async (what: string, token: Promise<string> | string) => ({ what, headers: bearer(await token) });
    const fork = { repository: 'somebody/shop' };
    return Promise.all([
      of('no token of anybody', 'nonsense'),
      of('a token that could have been issued', `cairn_${'A'.repeat(43)}`),
      of('a token of the CI for another audience', issuer.token({ claims: { aud: 'elsewhere' } })),
      of('a token of another repository', issuer.token({ claims: fork })),
      of('a token of another branch', issuer.token({ claims: { ref: 'refs/heads/feature' } })),
      of('a token of an issuer that is not trusted', stranger.token()),
      of('a token that says it is of the issuer', stranger.token({ claims: { iss: issuer.url } })),
      of('a token by another key of the same name', issuer.token({ key: other })),
      of('a token without a signature (alg none)', unsigned('none')),
      of('a token without a signature (alg NONE)', unsigned('NONE')),
      of('a token signed with the public key as a secret (PEM)', confused(await exportSPKI(issuer.key.publicKey))),
      of('a token signed with the public key as a secret (JWK)', confused(JSON.stringify(issuer.key.jwk))),
      of('a token without its signature', (await issuer.token()).replace(/[^.]*$/, '')),
    ]);
  }

  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = (alg: string): string => `${encoded({ alg, typ: 'JWT' })}.${encoded(issuer.claims())}.`;

  /** RFC 8725, 2.1: whoever took the algorithm from the token would verify an HMAC with a key that everybody knows. */
  function confused(secret: string): string {
    const signed = `${encoded({ alg: 'HS256', typ: 'JWT', kid: issuer.key.kid })}.${encoded(issuer.claims())}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }

  /** What is good in its place is worth nothing in another. */
  function misplaced(): Credential[] {
    const { adminToken } = server;
    const basic = Buffer.from(`admin:${adminToken}`).toString('base64');
    return [
      { what: 'no token' },
      { what: 'the admin’s token in the query (access_token)', query: `access_token=${adminToken}` },
      { what: 'the admin’s token in the query (token)', query: `token=${adminToken}` },
      { what: 'the admin’s token as a password', headers: { authorization: `Basic ${basic}` } },
      { what: 'the admin’s token in another header', headers: { 'x-auth-token': adminToken } },
      { what: 'the admin’s token without its scheme', headers: { authorization: adminToken } },
      { what: 'the admin’s token with more after it', headers: bearer(`${adminToken}x`) },
      { what: 'the admin’s token in a cookie', headers: { cookie: `token=${adminToken}` } },
    ];
  }

  /** Each kind from an address of its own: so many failures of one are turned away before they are looked at. */
  function call(method: string, url: string, credential: Credential): Promise<number> {
    const { headers, query } = credential;
    const path = url.replace(/:[A-Za-z]+/g, (place) => PLACES[place] ?? 'unknown') + (query ? `?${query}` : '');
    const body = method === 'POST' || method === 'PUT' ? '{}' : undefined;
    return new Promise((resolve, reject) => {
      const sent = request(server.url + path, {
        method,
        localAddress: `127.0.1.${credentials.indexOf(credential) + 1}`,
        headers: { ...headers, ...(body && { 'content-type': 'application/json', 'content-length': body.length }) },
      });
      sent.once('error', reject).once('response', (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      });
      sent.end(body);
    });
  }

  const position = async (): Promise<number> =>
    (await server.admin.get<{ position: number }>('/v1/pipelines')).body.position;

  it('lets in who may call it, and nobody else, however they come', async () => {
    const before = await position();
    const routes = server.routes.filter(({ method }) => method !== 'HEAD');
    const pairs = routes.flatMap((route) => credentials.map((credential) => ({ ...route, credential })));
    const calls = pairs.length;
    const wrong: string[] = [];
    // At once, since a token by a key that is not known waits until the issuer was asked.
    const caller = async () => {
      for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
        const { method, url, credential } = pair;
        const status = await call(method, url, credential);
        if (!isRight(status, pair)) wrong.push(`${method} ${url} with ${credential.what}: ${status}`);
      }
    };
    await Promise.all(Array.from({ length: 64 }, caller));
    expect(wrong).toEqual([]);
    expect(credentials.length).toBeGreaterThanOrEqual(45);
    expect(calls).toBeGreaterThan(3_000);
    // Empty bodies are no commands, so not even who was let in has written anything.
    expect(await position()).toBe(before);
    process.stdout.write(`${calls} calls: ${routes.length} routes, ${credentials.length} kinds of credentials\n`);
  }, 300_000);

  function isRight(
    status: number,
    { method, url, allow, credential: { role, readsOnly } }: TestServer['routes'][number] & { credential: Credential },
  ): boolean {
    if (status >= 500 && status !== 503) return false;
    if (allow === 'no-token') return status === OWN_ANSWERS[url] || (status !== 401 && status !== 403);
    if (role === undefined || (readsOnly && method !== 'GET')) return status === 401;
    return status !== 401 && (status === 403) === !allow?.includes(role);
  }
});

describe('a token of one pipeline', () => {
  let issuer: TestIssuer;
  let server: TestServer;
  let own: Api;
  let others: { issued: Api; oidc: Api };
  const digest = digestOf('live');
  let changeId: string;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    server = await startTestServer(undefined, { CAIRN_OIDC_ISSUERS: issuer.url, CAIRN_OIDC_AUDIENCE: AUDIENCE });
    await server.admin.post('/v1/environments', { name: 'production', tier: 'production' });
    await server.admin.post('/v1/pipelines', {
      id: 'shop',
      name: 'Shop',
      mayBake: ['shop-*'],
      mayPromoteTo: ['production'],
    });
    const oidc = { issuer: issuer.url, claims: { repository: 'example/shop' } };
    const other = { id: 'other', name: 'Other', mayBake: ['other-*'], mayPromoteTo: ['test'], oidc };
    await server.admin.post('/v1/pipelines', other);
    own = await server.as('pipeline', 'shop');
    others = { issued: await server.as('pipeline', 'other'), oidc: server.api(await issuer.token()) };
    expect((await own.post('/v1/artifacts', bakeOf(digest))).status).toBe(201);
    const started = promotionOf(digest, { strategy: 'blue-green' });
    changeId = (await own.post<{ changeId: string }>('/v1/environments/production/promotions', started)).body.changeId;
  });
  afterAll(async () => {
    await server.stop();
    await issuer.goAway();
  });

  const writes = (): [string, object][] => [
    ['/v1/artifacts', bakeOf(digestOf('new'))],
    [`/v1/artifacts/${digest}/attestations`, { type: 'unit-tests', result: 'passed' }],
    ['/v1/environments/production/promotions', promotionOf(digest)],
    [`/v1/environments/production/promotions/${changeId}/validation`, { result: 'passed' }],
    [`/v1/environments/production/promotions/${changeId}/switch`, {}],
    [`/v1/environments/production/promotions/${changeId}/abandonment`, { reason: 'try' }],
    ['/v1/environments/production/rollbacks', { service: 'shop-api', reason: 'try' }],
    ['/v1/environments/production/retirements', { service: 'shop-api', reason: 'try' }],
  ];

  it.each(['issued', 'oidc'] as const)('changes nothing of what is another’s (%s)', async (kind) => {
    const wrong: string[] = [];
    for (const [path, body] of writes()) {
      const { status, body: answer } = await others[kind].post<{ reason?: string }>(path, body);
      if (status !== 403 || answer.reason !== 'pipeline-not-permitted')
        wrong.push(`${path}: ${status} ${answer.reason}`);
    }
    expect(wrong).toEqual([]);
  });

  it('changes nothing any more from the moment that the pipeline is suspended', async () => {
    expect((await server.admin.post('/v1/pipelines/other/suspension', { reason: 'stolen' })).status).toBe(201);
    for (const api of Object.values(others)) {
      const { status, body } = await api.post<{ reason?: string }>('/v1/artifacts', bakeOf(digestOf('x'), 'other-api'));
      expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'pipeline-suspended' });
    }
    expect(
      (await own.post(`/v1/environments/production/promotions/${changeId}/validation`, { result: 'passed' })).status,
    ).toBe(201);
  });
});
