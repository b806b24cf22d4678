import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignIn } from '../../../../src/http/access/sign-in/sign-in.js';
import { SignInIssuer } from '../../../support/sign-in-issuer.js';

const SECRET = 'hush-hush-hush';

describe('what is said of a sign-in that failed', () => {
  let issuer: SignInIssuer;
  let signIn: SignIn;
  const logged: string[] = [];
  beforeAll(async () => {
    issuer = await SignInIssuer.start();
    issuer.secret = SECRET;
    const settings = {
      ...{ issuer: issuer.url, clientId: 'cairn', clientSecret: SECRET, scope: 'openid' },
      ...{ roles: [], publicUrl: 'http://localhost:3999' },
    };
    signIn = new SignIn(settings, (line) => logged.push(line));
    issuer.redirectUris = [signIn.site.callback];
  });
  afterAll(() => issuer.goAway());
  beforeEach(() => {
    issuer.routes.clear();
    issuer.spoiled = {};
    issuer.refusal = undefined;
    logged.length = 0;
  });

  /** What comes of it, and everything in it that must not be told. */
  const failed = async (change: (returned: URL) => void = () => undefined) => {
    issuer.person = { sub: 'secret-subject' };
    const { location, attempt } = await signIn.begin('/v1/me');
    const answer = await fetch(location, { redirect: 'manual' });
    const returned = new URL(answer.headers.get('location') ?? '');
    const secrets = [SECRET, attempt, 'secret-subject', new URL(location).searchParams.get('nonce') ?? ''];
    secrets.push(...['code', 'state'].flatMap((name) => returned.searchParams.get(name) ?? []));
    change(returned);
    const error: unknown = await signIn.finish(returned, attempt).catch((thrown: unknown) => thrown);
    const told = `${inspect(error, { depth: 20, showHidden: true })}\n${logged.join('\n')}`;
    return { error, told, leaked: secrets.filter((secret) => told.includes(secret)) };
  };

  it.each([
    ['the issuer’s refusal', () => (issuer.refusal = 'access_denied'), 'turned-away', 0],
    ['a token for somebody else', () => (issuer.spoiled = { claims: { aud: 'another' } }), 'answer-invalid', 1],
    ['a token of another sign-in', () => (issuer.spoiled = { claims: { nonce: 'x' } }), 'answer-invalid', 1],
    ['an error with words', () => (issuer.secret = 'another'), 'turned-away', 0],
  ])('has no secret: %s', async (_what, spoil, code, lines) => {
    spoil();
    const { error, leaked } = await failed();
    issuer.secret = SECRET;
    expect(error).toMatchObject({ name: 'SignInError', code });
    expect(leaked).toEqual([]);
    expect(logged).toHaveLength(lines);
  });

  it('has no secret where somebody came with another state, and no line in the log', async () => {
    const { error, leaked } = await failed((returned) => returned.searchParams.set('state', 'x'));
    expect(error).toMatchObject({ code: 'not-begun' });
    expect([leaked, logged]).toEqual([[], []]);
  });

  it('has no secret where the issuer breaks off, answers with too much, or with no JSON', async () => {
    const breaks = [
      ['unavailable', () => issuer.routes.set('/token', (response) => response.destroy())],
      ['unavailable', () => issuer.routes.set('/token', (response) => response.writeHead(502).end('x'))],
      [
        'unavailable',
        () => issuer.routes.set('/token', (response) => response.writeHead(302, { location: '/x' }).end()),
      ],
      ['answer-invalid', () => issuer.routes.set('/token', (response) => response.end('x'.repeat(1_100_000)))],
    ] as const;
    for (const [code, spoil] of breaks) {
      spoil();
      const { error, leaked } = await failed();
      expect([error, leaked]).toEqual([expect.objectContaining({ code }), []]);
    }
    expect(logged).toHaveLength(breaks.length);
  });
});
