import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { personSubject } from '../../../src/http/access/sign-in/person-callers.js';
import { makeIssuerKey } from '../../support/issuer.js';
import { ORIGIN, PEOPLE, startSignIn, type SignInScene } from '../support/sign-in.js';
import { startTestServer } from '../support/server.js';
import type { Page } from '../support/visitor.js';

const BOARD = '/v1/reports/advisory-board';
const HTML = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
const ENVIRONMENT = { name: 'planted', tier: 'test' };

const bodyOf = ({ text }: Page) => JSON.parse(text) as Record<string, unknown>;

describe('a person signs in with a browser', () => {
  let scene: SignInScene;
  beforeAll(async () => {
    scene = await startSignIn();
    await scene.server.admin.post('/v1/environments', { name: 'production', tier: 'production' });
  });
  afterAll(() => scene.stop());
  beforeEach(() => {
    scene.issuer.person = PEOPLE.auditor;
    scene.issuer.spoiled = {};
    scene.issuer.refusal = undefined;
    scene.issuer.complaints.length = 0;
  });

  const signedIn = async (person: Readonly<Record<string, unknown>>) => {
    scene.issuer.person = person;
    const visitor = scene.visitor();
    await visitor.signIn();
    return visitor;
  };

  it('and reads the advisory board’s report as a page', async () => {
    const visitor = scene.visitor();
    const board = `${BOARD}?environment=production`;
    const before = await visitor.visit(board, HTML);
    expect(before.status).toBe(401);
    const way = `/v1/sign-in?to=${encodeURIComponent(board)}`;
    expect(before.headers.get('link')).toBe(`<${way}>; rel="related"; title="Sign in"`);
    expect(bodyOf(before)).toMatchObject({ type: '/problems/unauthenticated', hint: `Sign in at ${way}` });
    const begun = await visitor.visit(way);
    expect(begun.status).toBe(302);
    const asked = new URL(begun.location).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: 'cairn',
      redirect_uri: `${ORIGIN}/v1/sign-in/callback`,
      code_challenge_method: 'S256',
      scope: 'openid',
    });
    const back = await visitor.visit((await visitor.visit(begun.location)).location);
    expect([back.status, back.location]).toEqual([303, `${ORIGIN}${board}`]);
    const report = await visitor.visit(back.location, HTML);
    expect([report.status, report.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(report.text).toContain('production');
    expect(scene.issuer.complaints).toEqual([]);
    const read = await scene.server.admin.get<{ items: Record<string, unknown>[] }>(
      `/v1/access-log?path=${BOARD}&status=200`,
    );
    expect(read.body.items[0]).toMatchObject({
      subject: personSubject(scene.issuer.url, 'cid'),
      role: 'auditor',
      tokenId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('with cookies that no script, no other host and no other site’s write gets', async () => {
    const visitor = scene.visitor();
    await visitor.signIn();
    const [attempt = '', forgotten = '', session = ''] = visitor.setLines;
    expect(attempt).toMatch(/^__Host-cairn-sign-in=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(forgotten).toMatch(/^__Host-cairn-sign-in=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(session).toMatch(/^__Host-cairn=[\w.-]+; Max-Age=(29\d|300); Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect([...visitor.cookies.keys()]).toEqual(['__Host-cairn']);
  });

  it.each(['admin', 'approver', 'auditor'] as const)('as %s, and is told who they are', async (role) => {
    const visitor = await signedIn(PEOPLE[role]);
    const me = await visitor.visit('/v1/me');
    expect(bodyOf(me)).toEqual({
      subject: personSubject(scene.issuer.url, PEOPLE[role].sub),
      role,
      expiresAt: expect.stringMatching(/Z$/),
      via: 'oidc',
    });
    expect((await visitor.visit('/v1/tokens')).status).toBe(role === 'admin' ? 200 : 403);
  });

  it('but not without a role', async () => {
    scene.issuer.person = PEOPLE.nobody;
    const visitor = scene.visitor();
    const back = await visitor.signIn();
    expect(back.status).toBe(403);
    expect(bodyOf(back)['detail']).toContain(personSubject(scene.issuer.url, 'dan'));
    expect(visitor.cookies.size).toBe(0);
  });

  it('or shows the same token as a bearer, with the role that it gives then', async () => {
    const { issuer, server } = scene;
    const reader = server.api(await issuer.token({ claims: PEOPLE.auditor }));
    expect((await reader.get('/v1/me')).body).toMatchObject({ role: 'auditor', via: 'oidc' });
    expect((await reader.get('/v1/tokens')).status).toBe(403);
    const stranger = server.api(await issuer.token({ claims: PEOPLE.nobody }));
    const answer = await stranger.get('/v1/me');
    expect([answer.status, answer.body['detail']]).toEqual([401, expect.stringContaining('gives a role')]);
    const other = server.api(await issuer.token({ claims: { ...PEOPLE.admin, aud: 'another' } }));
    expect((await other.get('/v1/me')).status).toBe(401);
    expect((await server.admin.get('/v1/me')).body).toEqual({ subject: 'admin', role: 'admin', via: 'token' });
  });

  it('and leaves again', async () => {
    const visitor = await signedIn(PEOPLE.auditor);
    expect((await visitor.visit('/v1/me')).status).toBe(200);
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, {}]) {
      expect((await visitor.visit('/v1/sign-out', { method: 'POST', headers })).status).toBe(403);
    }
    const out = await visitor.visit('/v1/sign-out', { method: 'POST', headers: { origin: ORIGIN } });
    expect([out.status, visitor.cookies.size]).toEqual([200, 0]);
    expect((await visitor.visit('/v1/me')).status).toBe(401);
  });

  describe('when something is not as it should be:', () => {
    const turnedAway = (back: Page, says: RegExp) => {
      expect([back.status, bodyOf(back)['detail']]).toEqual([401, expect.stringMatching(says)]);
      expect(back.headers.getSetCookie().filter((line) => line.startsWith('__Host-cairn='))).toEqual([]);
    };

    it('another state, or none', async () => {
      const visitor = scene.visitor();
      const address = new URL(await visitor.goToIssuer());
      const kept = new Map(visitor.cookies);
      address.searchParams.set('state', 'another');
      turnedAway(await visitor.visit(address.href), /not begun in this browser/);
      address.searchParams.delete('state');
      for (const [name, value] of kept) visitor.cookies.set(name, value);
      turnedAway(await visitor.visit(address.href), /not begun in this browser/);
    });

    it('another browser brings the code', async () => {
      const address = await scene.visitor().goToIssuer();
      turnedAway(await scene.visitor().visit(address), /not begun in this browser/);
      const other = scene.visitor();
      await other.goToIssuer();
      turnedAway(await other.visit(address), /not begun in this browser/);
    });

    it('state and code come a second time', async () => {
      const visitor = scene.visitor();
      const address = await visitor.goToIssuer();
      const kept = new Map(visitor.cookies);
      expect((await visitor.visit(address)).status).toBe(303);
      turnedAway(await visitor.visit(address), /is over already/);
      visitor.cookies.clear();
      for (const [name, value] of kept) visitor.cookies.set(name, value);
      turnedAway(await visitor.visit(address), /answered invalid_grant/);
    });

    it('a code of another sign-in, whose verifier is elsewhere', async () => {
      const code = new URL(await scene.visitor().goToIssuer()).searchParams.get('code') ?? '';
      const visitor = scene.visitor();
      const address = new URL(await visitor.goToIssuer());
      address.searchParams.set('code', code);
      turnedAway(await visitor.visit(address.href), /answered invalid_grant/);
      expect(scene.issuer.complaints).toEqual(['invalid_grant: code_verifier']);
    });

    it('the answer of another issuer', async () => {
      const visitor = scene.visitor();
      const address = new URL(await visitor.goToIssuer());
      address.searchParams.set('iss', 'https://evil.example');
      turnedAway(await visitor.visit(address.href), /does not hold/);
    });

    it.each([
      ['another nonce', { claims: { nonce: 'another' } }],
      ['no nonce', { claims: { nonce: undefined } }],
      ['another audience', { claims: { aud: 'another' } }],
      ['another issuer', { claims: { iss: 'https://evil.example' } }],
      ['a time that is over', { claims: { iat: 1_700_000_000, nbf: 1_700_000_000, exp: 1_700_000_300 } }],
      ['no subject', { claims: { sub: undefined } }],
    ])('a token with %s', async (_what, spoiled) => {
      scene.issuer.spoiled = spoiled;
      turnedAway(await scene.visitor().signIn(), /does not hold/);
    });

    it('a token that another key signed', async () => {
      const { kid } = scene.issuer.key;
      scene.issuer.spoiled = { key: await makeIssuerKey('ES256', kid) };
      turnedAway(await scene.visitor().signIn(), /does not hold/);
      scene.issuer.spoiled = { key: await makeIssuerKey('ES256', 'unknown') };
      turnedAway(await scene.visitor().signIn(), /does not hold/);
    });

    it('a token that no cookie can hold', async () => {
      const groups = ['audit', ...Array.from({ length: 300 }, (_, index) => `group-${index}`)];
      scene.issuer.person = { ...PEOPLE.auditor, groups };
      turnedAway(await scene.visitor().signIn(), /fewer groups/);
    });

    it('the issuer does not let them in', async () => {
      scene.issuer.refusal = 'access_denied';
      const back = await scene.visitor().signIn();
      turnedAway(back, /^The issuer answered access_denied\.$/);
      scene.issuer.refusal = '<script>alert(1)</script>';
      const odd = await scene.visitor().signIn();
      turnedAway(odd, /^The issuer answered an error without a name\.$/);
    });

    it.each(['//evil.example', '/\\evil.example', 'https://evil.example/v1/me', '/\t/evil.example', 'me', ''])(
      'a way back that leads elsewhere: %j',
      async (to) => {
        const begun = await scene.visitor().visit(`/v1/sign-in?to=${encodeURIComponent(to)}`);
        expect([begun.status, begun.headers.get('location')]).toEqual([400, null]);
      },
    );
  });

  describe('a cookie', () => {
    const post = (headers: Record<string, string>, body = JSON.stringify(ENVIRONMENT)) => ({
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    const isThere = async () => (await scene.server.admin.get('/v1/environments/planted')).status === 200;

    it.each([
      ['another origin', { origin: 'https://evil.example' }],
      ['another origin that says the opposite', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
      ['another scheme', { origin: 'http://cairn.example.org' }],
      ['nowhere', { origin: 'null' }],
      ['another site', { 'sec-fetch-site': 'cross-site' }],
      ['a neighbour', { 'sec-fetch-site': 'same-site' }],
      ['who does not say', {}],
    ])('writes nothing for %s', async (_what, headers) => {
      const visitor = await signedIn(PEOPLE.admin);
      const answer = await visitor.visit('/v1/environments', post(headers));
      expect([answer.status, await isThere()]).toEqual([401, false]);
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
      'writes nothing of a form (%s)',
      async (type) => {
        const visitor = await signedIn(PEOPLE.admin);
        const answer = await visitor.visit('/v1/environments', post({ origin: ORIGIN, 'content-type': type }));
        expect([answer.status, await isThere()]).toEqual([415, false]);
      },
    );

    it('gives way to a header', async () => {
      const visitor = await signedIn(PEOPLE.admin);
      const headers = { authorization: 'Bearer nonsense' };
      expect((await visitor.visit('/v1/me', { headers })).status).toBe(401);
      const token = { authorization: `Bearer ${scene.server.adminToken}` };
      expect(bodyOf(await visitor.visit('/v1/me', { headers: token }))).toMatchObject({ via: 'token' });
    });

    it('with a token that Cairn issued is none, nor is one that is over', async () => {
      const visitor = scene.visitor();
      const over = await scene.issuer.token({ claims: { ...PEOPLE.admin, iat: 1_700_000_000, exp: 1_700_000_300 } });
      for (const token of [scene.server.adminToken, over, 'x.y.z', '%zz']) {
        visitor.cookies.set('__Host-cairn', token);
        expect((await visitor.visit('/v1/me')).status).toBe(401);
        const page = await visitor.visit('/v1/me', HTML);
        expect([page.status, page.headers.get('link')]).toEqual([401, expect.stringContaining('/v1/sign-in?to=')]);
      }
    });

    it('writes for a page of this server', async () => {
      const visitor = await signedIn(PEOPLE.admin);
      const answer = await visitor.visit('/v1/environments', post({ origin: ORIGIN }));
      expect(answer.status).toBe(201);
      const { eventId } = bodyOf(answer) as { eventId: string };
      const event = await scene.server.admin.get(`/v1/events/${eventId}`);
      expect(event.body).toMatchObject({ actor: personSubject(scene.issuer.url, 'ada') });
      expect(event.text).not.toContain('platform');
      const again = post({ 'sec-fetch-site': 'same-origin' }, JSON.stringify({ ...ENVIRONMENT, name: 'second' }));
      expect((await visitor.visit('/v1/environments', again)).status).toBe(201);
    });

    it('issues a token, but none that follows from a session, which is soon thought harmless', async () => {
      const visitor = await signedIn(PEOPLE.admin);
      const body = JSON.stringify({ subject: 'reader', role: 'auditor' });
      const issue = (more: Record<string, string>) =>
        visitor.visit('/v1/tokens', post({ origin: ORIGIN, ...more }, body));
      expect((await issue({})).status).toBe(201);
      const derived = await issue({ 'idempotency-key': 'k' });
      expect(derived.status).toBe(400);
      expect(bodyOf(derived)['errors']).toMatchObject([{ field: 'Idempotency-Key' }]);
    });
  });
});

describe('signing in', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const stop of stops.splice(0)) await stop();
  });
  const started = async (...args: Parameters<typeof startSignIn>) => {
    const scene = await startSignIn(...args);
    stops.push(() => scene.stop());
    return scene;
  };

  it('works for a client with a secret, which is never told, and at this machine without TLS', async () => {
    const origin = 'http://localhost:3999';
    const scene = await started(origin, {
      CAIRN_SIGN_IN_CLIENT_SECRET: 'hush-hush',
      CAIRN_SIGN_IN_SCOPE: 'openid groups',
    });
    scene.issuer.person = PEOPLE.auditor;
    const visitor = scene.visitor();
    expect((await visitor.signIn()).status).toBe(303);
    expect(visitor.setLines.at(-1)).toMatch(/^cairn-session=[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    const configuration = await visitor.visit('/v1/sign-in/configuration');
    expect(bodyOf(configuration)).toEqual({ issuer: scene.issuer.url, clientId: 'cairn', scope: 'openid groups' });
  });

  it('says that the issuer is away, and finds it again', async () => {
    const scene = await started();
    const nowMs = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(nowMs);
    await scene.issuer.goAway();
    const away = await scene.visitor().visit('/v1/sign-in');
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await scene.visitor().visit('/v1/sign-in')).status).toBe(503);
    await scene.issuer.comeBack();
    clock.mockReturnValue(nowMs + 4_999);
    expect((await scene.visitor().visit('/v1/sign-in')).status).toBe(503);
    clock.mockReturnValue(nowMs + 5_000);
    expect((await scene.visitor().visit('/v1/sign-in')).status).toBe(302);
  });

  it('is not there where it is not configured', async () => {
    const server = await startTestServer();
    stops.push(() => server.stop());
    for (const path of ['/v1/sign-in', '/v1/sign-in/callback?code=x&state=y', '/v1/sign-in/configuration']) {
      const answer = await server.api().get(path);
      expect([answer.status, answer.body['type']]).toEqual([404, '/problems/not-found']);
      expect(answer.body['detail']).toContain('not configured');
    }
    expect((await server.api().post('/v1/sign-out', {})).status).toBe(404);
    const page = await server.api().get('/v1/me', HTML);
    expect([page.status, page.headers.get('link')]).toEqual([401, null]);
  });
});
