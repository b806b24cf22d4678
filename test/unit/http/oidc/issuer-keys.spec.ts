import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { IssuerKeys, type KeyTimes } from '../../../../src/http/access/oidc/issuer-keys.js';
import { isIssuer } from '../../../../src/http/access/oidc/issuer-address.js';
import { eventually } from '../../../support/eventually.js';
import { json, TestIssuer, type IssuerRoute } from '../../../support/issuer.js';

const TIMES: KeyTimes = { refreshMs: 3_600_000, pauseMs: 50, waitMs: 10_000, keptMs: 3_600_000 };
const CONFIGURATION = '/.well-known/openid-configuration';

describe('the keys of an issuer', () => {
  let issuer: TestIssuer;
  let keys: IssuerKeys;
  let lines: string[];
  beforeEach(async () => {
    issuer = await TestIssuer.start();
    lines = [];
  });
  afterEach(async () => {
    keys.close();
    await issuer.goAway();
  });

  const open = (times: Partial<KeyTimes> = {}) => {
    keys = new IssuerKeys(issuer.url, (line) => lines.push(line), { ...TIMES, ...times });
  };
  const ids = () =>
    keys
      .current()
      ?.jwks()
      .keys.map(({ kid }) => kid);

  it('are read at start, without anybody asking', async () => {
    open();
    expect(await keys.look()).toBe(true);
    expect(ids()).toEqual([issuer.key.kid]);
    expect(issuer.requests).toEqual([CONFIGURATION, '/keys']);
  });

  it('are the same object for as long as they are the same', async () => {
    open();
    await keys.look();
    const first = keys.current();
    await keys.look();
    expect(keys.current()).toBe(first);
    await issuer.rotate();
    await keys.look();
    expect(keys.current()).not.toBe(first);
    expect(ids()).toHaveLength(2);
  });

  it('are read again every so often', async () => {
    open({ refreshMs: 30 });
    await keys.look();
    const { kid } = await issuer.rotate({ keep: false });
    await eventually(() => ids()?.[0] === kid);
    expect(ids()).toEqual([kid]);
  });

  it('are asked for once in a while, however many ask, and each is told of a look that began after', async () => {
    open({ pauseMs: 200 });
    await keys.look();
    issuer.requests.length = 0;
    const untilMs = Date.now() + 500;
    while (Date.now() < untilMs) await Promise.all(Array.from({ length: 200 }, () => keys.look()));
    expect(issuer.requests.length).toBeLessThanOrEqual(8);
    const late = keys.look();
    const { kid } = await issuer.rotate();
    await late;
    expect(ids()).toContain(kid);
  });

  it('count while the issuer is away, and are read again when it is back', async () => {
    open();
    await keys.look();
    await issuer.goAway();
    expect(await keys.look()).toBe(false);
    expect(await keys.look()).toBe(false);
    expect(ids()).toHaveLength(1);
    expect(lines).toEqual([expect.stringMatching(/cannot be read, those that are known count until 2.*ECONNREFUSED/)]);
    await issuer.comeBack();
    expect(await keys.look()).toBe(true);
    expect(lines[1]).toMatch(/are read again/);
  });

  it('count no more when they could not be read for too long', async () => {
    open({ keptMs: 200 });
    await keys.look();
    await issuer.goAway();
    await delay(300);
    expect(keys.current()).toBeUndefined();
    expect(keys.current()).toBeUndefined();
    expect(lines.filter((line) => line.includes('do not count any more'))).toHaveLength(1);
  });

  it('are not waited for without end', async () => {
    issuer.routes.set(CONFIGURATION, () => undefined);
    open({ waitMs: 200 });
    const startedMs = Date.now();
    expect(await keys.look()).toBe(false);
    // Sooner than the request itself is given up.
    expect(Date.now() - startedMs).toBeLessThan(4_000);
  });

  const huge: IssuerRoute = (response) => void response.end(`{"keys":["${'x'.repeat(300 * 1024)}"]}`);
  const symmetric = [{ kty: 'oct', k: 'c2VjcmV0', kid: 'x', alg: 'HS256' }];
  it.each<[string, string, (issuer: TestIssuer) => IssuerRoute, RegExp]>([
    ['are of another issuer', CONFIGURATION, () => (r) => json(r, { issuer: 'https://x.example' }), /another issuer/],
    [
      'are nowhere',
      CONFIGURATION,
      ({ url }) =>
        (r) =>
          json(r, { issuer: url }),
      /jwks_uri/,
    ],
    [
      'are at an address without TLS',
      CONFIGURATION,
      ({ url }) =>
        (r) =>
          json(r, { issuer: url, jwks_uri: 'http://192.0.2.1/keys' }),
      /jwks_uri/,
    ],
    [
      'are in a file',
      CONFIGURATION,
      ({ url }) =>
        (r) =>
          json(r, { issuer: url, jwks_uri: 'file:///x' }),
      /jwks_uri/,
    ],
    ['are elsewhere', '/keys', () => (r) => void r.writeHead(302, { location: '/else' }).end(), /answers 302/],
    ['are too many bytes', '/keys', () => huge, /more than 256 KiB/],
    ['are too many', '/keys', () => (r) => json(r, { keys: Array(101).fill({ kty: 'EC' }) }), /at most 100/],
    ['are no list', '/keys', () => (r) => json(r, { keys: {} }), /at most 100/],
    ['are no JSON', '/keys', () => (r) => void r.end('<html>'), /no JSON/],
    ['are no object', '/keys', () => (r) => json(r, []), /no JSON object/],
    ['are secrets', '/keys', () => (r) => json(r, { keys: symmetric }), /no public key/],
    [
      'are private',
      '/keys',
      ({ key }) =>
        (r) =>
          json(r, { keys: [{ ...key.jwk, d: 'x' }] }),
      /no public key/,
    ],
    [
      'are for encryption',
      '/keys',
      ({ key }) =>
        (r) =>
          json(r, { keys: [{ ...key.jwk, use: 'enc' }] }),
      /no public key/,
    ],
    ['cannot be had', '/keys', () => (r) => json(r, {}, 500), /answers 500/],
  ])('are not taken when they %s', async (_what, path, route, expected) => {
    issuer.routes.set(path, route(issuer));
    open();
    expect(await keys.look()).toBe(false);
    expect(keys.current()).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(expected)]);
    expect(lines[0]).toContain('its tokens are not taken');
  });
});

describe('the address of an issuer', () => {
  it.each([
    'https://a.example',
    'https://a.example/x/',
    'http://localhost:8080',
    'http://127.0.0.1',
    'http://[::1]:80',
  ])('can be %s', (address) => expect(isIssuer(address)).toBe(true));
  it.each([
    ...['http://a.example', 'http://localhost.example', 'http://127.0.0.1.example', 'ftp://localhost', 'a.example', ''],
    ...['https://a.example?x', 'https://a.example#x', 'https://user@a.example', 'https://a.example/ x'],
  ])('cannot be %s', (address) => expect(isIssuer(address)).toBe(false));
});
