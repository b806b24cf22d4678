import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exportPKCS8, exportSPKI } from 'jose';
import { createHmac } from 'node:crypto';
import { OidcError, OIDC_FAILURES, type OidcFailure } from '../../../../src/http/access/oidc/errors.js';
import { TokenVerifier } from '../../../../src/http/access/oidc/verify-token.js';
import { makeIssuerKey, TestIssuer, type IssuerKey } from '../../../support/issuer.js';

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const decoded = (part = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

/** No look takes long here, so that tokens with unknown keys do not wait. */
const TIMES = { refreshMs: 3_600_000, pauseMs: 0, waitMs: 2_000, keptMs: 3_600_000 };

describe('whatever is sent as a token', () => {
  let issuer: TestIssuer;
  let verifier: TokenVerifier;
  let tokens: string[];
  let stranger: IssuerKey;
  let secrets: string[];
  const seen = new Map<OidcFailure, number>();

  beforeAll(async () => {
    issuer = await TestIssuer.start('RS256');
    await issuer.rotate();
    stranger = await makeIssuerKey('RS256');
    verifier = new TokenVerifier([issuer.url], () => undefined, TIMES);
    tokens = await Promise.all(
      issuer.keys.flatMap((key) => [issuer.token({ key }), issuer.token({ key, claims: { groups: ['a', 'b'] } })]),
    );
    const pems = await Promise.all(issuer.keys.map(({ publicKey }) => exportSPKI(publicKey)));
    const jwks = issuer.keys.map(({ jwk }) => JSON.stringify(jwk));
    secrets = [...pems, ...pems.map((pem) => pem.trim()), ...jwks, JSON.stringify({ keys: jwks }), '', 'secret'];
    for (const token of tokens) await verifier.verify(token);
  });
  afterAll(async () => {
    process.stdout.write(`refusals of tokens: ${JSON.stringify(Object.fromEntries(seen))}\n`);
    verifier.close();
    await issuer.goAway();
  });

  /** Nothing but a failure of the list, in words without the token. */
  const refused = async (token: string): Promise<OidcFailure> => {
    try {
      await verifier.verify(token);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      expect(OIDC_FAILURES).toContain(error.code);
      const signature = token.split('.')[2] ?? '';
      if (signature.length > 20) expect(error.message).not.toContain(signature);
      seen.set(error.code, (seen.get(error.code) ?? 0) + 1);
      return error.code;
    }
    throw new Error(`was accepted: ${token}`);
  };
  const anyToken = () => fc.nat(tokens.length - 1).map((index) => tokens[index] ?? '');
  const always = async (token: fc.Arbitrary<string>, numRuns: number, codes?: readonly OidcFailure[]) =>
    fc.assert(
      fc.asyncProperty(token, async (text) => {
        const code = await refused(text);
        if (codes) expect(codes).toContain(code);
      }),
      { numRuns },
    );

  it('is refused when one character is another: 2,500 tokens', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ é';
    const spoilt = fc.tuple(anyToken(), fc.nat(), fc.nat(alphabet.length - 1)).map(([token, place, other]) => {
      const at = place % token.length;
      const letter = alphabet[other] ?? '';
      const now = token[at] === letter ? alphabet[(other + 1) % alphabet.length] : letter;
      return `${token.slice(0, at)}${now}${token.slice(at + 1)}`;
    });
    await always(spoilt, 2_500);
  });

  it('is refused when bits of it are turned, or bytes are lost or added: 1,500 tokens', async () => {
    const spoilt = fc
      .tuple(anyToken(), fc.nat(2), fc.nat(), fc.nat(7), fc.constantFrom('flip', 'cut', 'add'))
      .map(([token, which, place, bit, how]) => {
        const parts = token.split('.');
        const bytes = Buffer.from(parts[which] ?? '', 'base64url');
        const at = place % bytes.length;
        if (how === 'flip') bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        const now =
          how === 'cut' ? bytes.subarray(0, at) : how === 'add' ? Buffer.concat([bytes, bytes.subarray(at)]) : bytes;
        parts[which] = now.toString('base64url');
        return parts.join('.');
      });
    await always(spoilt, 1_500);
  });

  it('is refused when its parts are of different tokens: 500 tokens', async () => {
    const mixed = fc
      .tuple(fc.constantFrom(0, 1, 2), anyToken(), anyToken(), anyToken())
      .map(([order, a, b, c]) => {
        const [x, y, z] = [a.split('.'), b.split('.'), c.split('.')];
        const parts = [x[0], y[1], z[2]];
        return [...parts.slice(order), ...parts.slice(0, order)].join('.');
      })
      .filter((token) => !tokens.includes(token));
    await always(mixed, 500);
  });

  it('is refused when its header says another thing of the key: 1,500 tokens', async () => {
    const algorithms = ['none', 'None', '', 'HS256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES256', 'EdDSA', 'RSA-OAEP'];
    const spoilt = fc
      .record({
        token: anyToken(),
        alg: fc.oneof(fc.constantFrom(...algorithms), fc.jsonValue()),
        kid: fc.oneof(fc.constantFrom(...issuer.keys.map(({ kid }) => kid)), fc.constant(undefined), fc.jsonValue()),
        extra: fc.constantFrom(
          ...[{}, { jwk: stranger.jwk }, { jku: 'http://127.0.0.1:9/keys' }, { x5u: 'http://127.0.0.1:9/x' }],
          ...[{ crit: ['exp'] }, { crit: [] }, { b64: false, crit: ['b64'] }, { b64: false }, { zip: 'DEF' }],
          ...[{ x5c: ['MII'] }, { typ: 'secevent+jwt' }, { typ: 7 }, { enc: 'A256GCM' }],
        ),
        secret: fc.constantFrom(...secrets),
      })
      .map(({ token, alg, kid, extra, secret }) => {
        const signed = `${encoded(JSON.stringify({ typ: 'JWT', alg, kid, ...extra }))}.${token.split('.')[1]}`;
        const mac = createHmac('sha256', secret).update(signed).digest('base64url');
        return `${signed}.${secret === '' ? '' : mac}`;
      });
    await always(spoilt, 1_500);
  });

  it('is refused when its claims are others, by whomever they are signed: 1,500 tokens', async () => {
    const names = ['iss', 'aud', 'sub', 'exp', 'iat', 'nbf', 'repository', '__proto__', 'constructor'];
    const spoilt = fc
      .tuple(anyToken(), fc.constantFrom(...names), fc.jsonValue({ maxDepth: 40 }), fc.boolean())
      .map(([token, name, value, isTwice]) => {
        const [header, payload, signature] = token.split('.');
        const claims = JSON.stringify({ ...decoded(payload), [`x${name}`]: value });
        const text = claims.replace(`"x${name}":`, `"${name}":`);
        const now = isTwice ? text : JSON.stringify({ ...decoded(payload), [name]: value, also: 1 });
        return `${header}.${encoded(now)}.${signature}`;
      });
    await always(spoilt, 1_500);
  });

  it('is refused when the issuer signed what it never should: 500 tokens', async () => {
    const required = ['iss', 'sub', 'exp', 'iat'];
    const wrong = fc.oneof(
      fc.constantFrom(null, '', [], {}, true, -1, 1e300, 'x'.repeat(9_000), [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]),
      fc.double({ max: 1e6 }),
      fc.jsonValue().filter((value) => typeof value !== 'string' || value === ''),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...required), wrong, async (name, value) => {
        const claims = { [name]: typeof value === 'number' && !Number.isFinite(value) ? null : value };
        await refused(await issuer.token({ claims }));
      }),
      { numRuns: 500 },
    );
  });

  it('is refused when it is anything at all: 2,000 texts', async () => {
    const part = fc.oneof(fc.string(), fc.json().map(encoded), fc.base64String(), fc.constant(encoded('{}')));
    const anything = fc.oneof(
      ...[fc.string({ maxLength: 10_000 }), fc.array(part, { maxLength: 5 }).map((parts) => parts.join('.'))],
      fc.jsonValue().map((value) => `${encoded('{"alg":"RS256"}')}.${encoded(JSON.stringify(value))}.AA`),
    );
    await always(anything, 2_000, ['malformed', 'algorithm-not-allowed', 'claim-invalid', 'issuer-unknown']);
  });

  it('is refused when it is huge, or nested without end', async () => {
    const deep = (depth: number) => encoded(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
    const [header] = tokens[0]?.split('.') ?? [];
    for (const depth of [17, 100, 900]) expect(await refused(`${header}.${deep(depth)}.AA`)).toBe('malformed');
    expect(await refused('a'.repeat(5_000_000))).toBe('malformed');
    expect(await refused(`${header}.${'A'.repeat(5_000_000)}.AA`)).toBe('malformed');
    expect(await refused(await exportPKCS8(stranger.privateKey))).toBe('malformed');
  });

  it('is what it was before all that', async () => {
    for (const token of tokens) await verifier.verify(token);
    const fresh = new TokenVerifier([issuer.url], () => undefined, TIMES);
    for (const token of tokens) await expect(fresh.verify(token)).resolves.toMatchObject({ issuer: issuer.url });
    fresh.close();
  });
});
