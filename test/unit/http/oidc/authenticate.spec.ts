import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { authenticate } from '../../../../src/http/access/authenticate.js';
import type { CallerHints } from '../../../../src/http/access/oidc/oidc-callers.js';
import { OidcCallers, type CallerResolver } from '../../../../src/http/access/oidc/oidc-callers.js';
import { OidcError, type OidcFailure } from '../../../../src/http/access/oidc/errors.js';
import { OthersTokens } from '../../../../src/http/access/others-tokens.js';
import { hashOf, TokenDirectory } from '../../../../src/http/access/token-directory.js';
import { HttpProblem } from '../../../../src/http/problems/problem.js';
import { TestIssuer } from '../../../support/issuer.js';

const CALLER = { id: 'ab', subject: 'oidc/shop', role: 'pipeline', pipeline: 'shop' } as const;

const fence = { mayFail: () => Promise.resolve(true) };

describe('who comes with a token that Cairn did not issue', () => {
  const othersTokens = new OthersTokens({ isShared: true, head: () => Promise.resolve(-1) }, -1);
  const requestWith = (token: string, headers: Record<string, string> = {}) =>
    ({
      is404: false,
      routeOptions: { config: { allow: ['pipeline'] } },
      headers: { authorization: `Bearer ${token}`, ...headers },
    }) as unknown as FastifyRequest;

  /** Resolvers that answer so, one call after the other, to a true token. */
  const come = async (issuer: TestIssuer, resolvers: readonly (() => typeof CALLER)[], headers = {}) => {
    const hints: CallerHints[] = [];
    const made = resolvers.map((answer): CallerResolver => ({
      issuers: new Set([issuer.url]),
      resolve: (_token, given) => {
        hints.push(given);
        return answer();
      },
    }));
    const oidc = new OidcCallers(made, () => undefined);
    const request = requestWith(await issuer.token(), headers);
    try {
      await authenticate(request, { tokens: new TokenDirectory(), othersTokens, oidc, fence });
      return { caller: request.caller, hints };
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      return { status: error.body.status, detail: error.body.detail, hints };
    } finally {
      oidc.close();
    }
  };
  const failing = (code: OidcFailure) => (): never => {
    throw new OidcError(code, code);
  };
  const withIssuer = async (work: (issuer: TestIssuer) => Promise<void>) => {
    const issuer = await TestIssuer.start();
    await work(issuer);
    await issuer.goAway();
  };

  it('is whom the first resolver knows that knows anybody', () =>
    withIssuer(async (issuer) => {
      expect(await come(issuer, [() => CALLER, failing('nobody-fits')])).toMatchObject({ caller: CALLER });
      const { caller, hints } = await come(issuer, [failing('audience-wrong'), () => CALLER], {
        'cairn-pipeline': 'shop',
      });
      const terms = { issuer: issuer.url, expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) };
      const asked = [{ pipeline: 'shop' }, { pipeline: 'shop' }];
      expect({ caller, hints }).toEqual({ caller: { ...CALLER, ...terms }, hints: asked });
    }));

  it('may be registered at another server a moment ago', () =>
    withIssuer(async (issuer) => {
      let calls = 0;
      const late = () => {
        calls += 1;
        return calls === 1 ? failing('nobody-fits')() : CALLER;
      };
      expect(await come(issuer, [late])).toMatchObject({ caller: CALLER });
      expect(calls).toBe(2);
    }));

  it.each<[OidcFailure[], number, string]>([
    [['nobody-fits'], 401, 'nobody-fits'],
    [['several-fit'], 400, 'several-fit'],
    [['keys-unavailable'], 503, 'keys-unavailable'],
    [['audience-wrong', 'nobody-fits'], 401, 'nobody-fits'],
    [['several-fit', 'audience-wrong'], 400, 'several-fit'],
  ])('is told what is wrong: %j', (codes, status, detail) =>
    withIssuer(async (issuer) => expect(await come(issuer, codes.map(failing))).toMatchObject({ status, detail })),
  );

  it('does not have the issuer asked for a key where too many tokens of its address were wrong', () =>
    withIssuer(async (issuer) => {
      const resolver = { issuers: new Set([issuer.url]), resolve: () => CALLER };
      const oidc = new OidcCallers([resolver], () => undefined);
      const spent = { mayFail: () => Promise.resolve(false) };
      const known = { tokens: new TokenDirectory(), othersTokens, oidc, fence: spent };
      const honest = requestWith(await issuer.token());
      await authenticate(requestWith(await issuer.token()), { ...known, fence });
      const { length } = issuer.requests;
      const unknown = requestWith(await issuer.token({ header: { kid: 'another' } }));
      const body = expect.objectContaining({ status: 401, detail: expect.stringContaining('is not asked') });
      await expect(authenticate(unknown, known)).rejects.toMatchObject({ body });
      await authenticate(honest, known);
      expect([honest.caller?.subject, issuer.requests.length]).toEqual(['oidc/shop', length]);
      oidc.close();
    }));

  it('is whoever an issued token says, also where that looks like a JWT', async () => {
    const token = ['a-token-of', 'three-parts', 'that-an-admin-chose'].join('.');
    const tokens = new TokenDirectory();
    const grant = { id: '1', subject: 'ci', role: 'pipeline', hash: hashOf(token) } as const;
    tokens.apply({ type: 'TokenIssued.v1', data: grant }, '2026-01-01T00:00:00.000Z');
    const request = requestWith(token);
    await authenticate(request, { tokens, othersTokens, oidc: new OidcCallers([], () => undefined), fence });
    expect(request.caller).toMatchObject({ subject: 'ci' });
  });
});
