import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exportSPKI, SignJWT } from 'jose';
import { createHmac } from 'node:crypto';
import { OidcError, type OidcFailure } from '../../../../src/http/access/oidc/errors.js';
import type { KeyTimes } from '../../../../src/http/access/oidc/issuer-keys.js';
import { TokenVerifier } from '../../../../src/http/access/oidc/verify-token.js';
import { makeIssuerKey, TestIssuer, type TokenParts } from '../../../support/issuer.js';

/** Looks that need not wait for the one before, and that are waited for on a busy machine as well. */
const TIMES: KeyTimes = { refreshMs: 3_600_000, pauseMs: 10, waitMs: 10_000, keptMs: 3_600_000 };

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of an issuer that is trusted', () => {
  let issuer: TestIssuer;
  let verifier: TokenVerifier;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    verifier = new TokenVerifier([issuer.url], () => undefined, TIMES);
  });
  afterAll(async () => {
    verifier.close();
    await issuer.goAway();
  });

  const failureOf = async (token: string): Promise<OidcFailure | 'none'> => {
    try {
      await verifier.verify(token);
      return 'none';
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      if (token.length > 100) expect(error.message).not.toContain(token.slice(0, 20));
      return error.code;
    }
  };
  const failure = async (parts: TokenParts) => failureOf(await issuer.token(parts));
  const nowS = () => Math.floor(Date.now() / 1_000);

  it('is who it says', async () => {
    const token = await issuer.token();
    const verified = await verifier.verify(token);
    expect(verified).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      issuer: issuer.url,
      subject: 'repo:example/shop:ref:refs/heads/main',
      claims: { repository: 'example/shop', aud: 'cairn' },
    });
  });

  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'is taken when it is signed by %s',
    async (alg) => {
      const other = await TestIssuer.start(alg);
      const own = new TokenVerifier([other.url], () => undefined);
      await expect(own.verify(await other.token())).resolves.toMatchObject({ issuer: other.url });
      own.close();
      await other.goAway();
    },
  );

  describe('when it is no JWT', () => {
    it.each(['', 'x', 'a.b', 'a.b.c.d', '..', 'e30.e30.', 'é.a.b', `${'a'.repeat(9_000)}.a.a`])(
      'as %p',
      async (token) => {
        expect(await failureOf(token)).toMatch(/malformed|algorithm-not-allowed/);
      },
    );

    it('as it is too long', async () => {
      expect(await failure({ claims: { groups: 'x'.repeat(8_192) } })).toBe('malformed');
    });

    it('as its header is too long', async () => {
      expect(await failure({ header: { x: 'x'.repeat(2_048) } })).toBe('malformed');
    });

    it.each([
      ['a list', '[1]'],
      ['a text', '"x"'],
      ['null', 'null'],
      ['no JSON', '{"iss":'],
      ['the same claim twice', '{"iss":"a","iss":"b"}'],
      ['a prototype', '{"__proto__":{"iss":"a"}}'],
      ['nested without end', `${'['.repeat(400)}${']'.repeat(400)}`],
    ])('as its claims are %s', async (_what, text) => {
      const [header, , signature] = (await issuer.token()).split('.');
      expect(await failureOf(`${header}.${Buffer.from(text).toString('base64url')}.${signature}`)).toBe('malformed');
    });

    it('as it is for something else', async () => {
      expect(await failure({ header: { typ: 'logout+jwt' } })).toBe('malformed');
    });

    it('as it has an extension that must be understood', async () => {
      const [, payload, signature] = (await issuer.token()).split('.');
      const header = part({ alg: 'ES256', kid: issuer.key.kid, crit: ['b64'], b64: false });
      expect(await failureOf(`${header}.${payload}.${signature}`)).toBe('malformed');
    });

    it('as the same bytes are written in another way', async () => {
      const token = await issuer.token();
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const last = alphabet.indexOf(token.at(-1) ?? '');
      expect(await failureOf(token.slice(0, -1) + alphabet[last ^ 1])).toBe('malformed');
    });
  });

  describe('when its algorithm is none of ours', () => {
    it.each(['none', 'None', 'nOnE', 'NONE', ''])('%p', async (alg) => {
      const [, payload] = (await issuer.token()).split('.');
      expect(await failureOf(`${part({ alg, kid: issuer.key.kid })}.${payload}.`)).toBe('algorithm-not-allowed');
    });

    it.each(['HS256', 'HS384', 'HS512'])('%s with the public key as the secret', async (alg) => {
      const [, payload] = (await issuer.token()).split('.');
      const spki = await exportSPKI(issuer.key.publicKey);
      const secrets = [spki, spki.trim(), JSON.stringify(issuer.key.jwk), issuer.key.jwk.x ?? ''];
      for (const secret of secrets) {
        const signed = `${part({ alg, typ: 'JWT', kid: issuer.key.kid })}.${payload}`;
        const mac = createHmac(`sha${alg.slice(2)}`, secret)
          .update(signed)
          .digest('base64url');
        expect(await failureOf(`${signed}.${mac}`)).toBe('algorithm-not-allowed');
      }
    });
  });

  describe('when its signature is not by the issuer', () => {
    it('but by another key under the same name', async () => {
      const key = { ...(await makeIssuerKey()), kid: issuer.key.kid };
      expect(await failure({ key })).toBe('signature-invalid');
    });

    it('but by a key that it brings itself', async () => {
      const key = await makeIssuerKey();
      expect(await failure({ key, header: { jwk: key.jwk } })).toBe('key-unknown');
      const named = { ...key, kid: issuer.key.kid };
      const addresses = { jku: `${issuer.url}/keys`, x5u: issuer.url };
      expect(await failure({ key: named, header: { jwk: key.jwk, ...addresses } })).toBe('signature-invalid');
    });

    it('but by nobody', async () => {
      const [header, payload] = (await issuer.token()).split('.');
      expect(await failureOf(`${header}.${payload}.`)).toBe('signature-invalid');
      expect(await failureOf(`${header}.${payload}.${'A'.repeat(86)}`)).toBe('signature-invalid');
    });

    it('but of another token', async () => {
      const [one, other] = [await issuer.token(), await issuer.token({ claims: { repository: 'evil/shop' } })];
      const [header, , signature] = one.split('.');
      expect(await failureOf(`${header}.${other.split('.')[1]}.${signature}`)).toBe('signature-invalid');
    });
  });

  describe('when its issuer is not trusted', () => {
    it.each(['https://example.org', '', 7, null, undefined, ['x'], {}])('%p', async (iss) => {
      const expected = iss === 'https://example.org' ? 'issuer-unknown' : 'claim-invalid';
      expect(await failure({ claims: { iss } })).toBe(expected);
    });

    it('although it is called almost the same', async () => {
      expect(await failure({ claims: { iss: `${issuer.url}/` } })).toBe('issuer-unknown');
    });
  });

  describe('when its time is not now', () => {
    it.each<[string, () => Record<string, unknown>, OidcFailure]>([
      ['it has expired', () => ({ iat: nowS() - 60, nbf: nowS() - 60, exp: nowS() - 1 }), 'expired'],
      ['it begins later', () => ({ nbf: nowS() + 40 }), 'not-yet-valid'],
      ['it was issued later', () => ({ iat: nowS() + 40, exp: nowS() + 300 }), 'not-yet-valid'],
      ['it is good for more than a day', () => ({ exp: nowS() + 90_000 }), 'lifetime-too-long'],
      ['it was issued long ago for long', () => ({ iat: nowS() - 90_000, exp: nowS() + 300 }), 'lifetime-too-long'],
      ['it ends before it begins', () => ({ iat: nowS(), exp: nowS() - 10 }), 'claim-invalid'],
      ['it has no end', () => ({ exp: undefined }), 'claim-invalid'],
      ['it has no beginning', () => ({ iat: undefined }), 'claim-invalid'],
      ['its end is a text', () => ({ exp: String(nowS() + 300) }), 'claim-invalid'],
      ['its end is no time', () => ({ exp: 1e300 }), 'claim-invalid'],
      ['its beginning is null', () => ({ nbf: null }), 'claim-invalid'],
    ])('as %s', async (_what, claims, expected) => {
      expect(await failure({ claims: claims() })).toBe(expected);
    });

    it('but for a clock that is a little ahead of ours', async () => {
      expect(await failure({ claims: { iat: nowS() + 20, nbf: nowS() + 20 } })).toBe('none');
    });
  });

  it.each(['', 7, null, undefined, ['x'], {}])('has a subject: %p is none', async (sub) => {
    expect(await failure({ claims: { sub } })).toBe('claim-invalid');
  });

  it('costs its signature once, and expires all the same', async () => {
    const token = await issuer.token();
    expect(await failureOf(token)).toBe('none');
    const checks = jest.spyOn(crypto.subtle, 'verify');
    for (let n = 0; n < 100; n++) await verifier.verify(token);
    expect(checks).not.toHaveBeenCalled();
    await verifier.verify(await issuer.token());
    expect(checks).toHaveBeenCalledTimes(1);
    checks.mockRestore();
    const later = jest.spyOn(Date, 'now').mockReturnValue((nowS() + 301) * 1_000);
    expect(await failureOf(token)).toBe('expired');
    later.mockRestore();
  });

  it('is verified again once the keys of its issuer are others', async () => {
    const token = await issuer.token();
    const [old] = issuer.keys;
    expect(await failureOf(token)).toBe('none');
    const next = await issuer.rotate({ keep: false });
    expect(await failure({ key: next })).toBe('none');
    expect(await failureOf(token)).toBe('key-unknown');
    issuer.keys = old ? [next, old] : [];
    await verifier.verify(await issuer.token({ key: next }));
    expect(await failureOf(token)).toBe('none');
  });

  it('is one that a library of others signs too', async () => {
    const token = await new SignJWT({ sub: 'x' })
      .setProtectedHeader({ alg: 'ES256', kid: issuer.key.kid })
      .setIssuer(issuer.url)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(issuer.key.privateKey);
    expect(await failureOf(token)).toBe('none');
  });
});
