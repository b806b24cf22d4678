import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadConfig, loadKurrentAddress } from '../../../src/config.js';

/** Long enough that it is no part of a message by chance, with the characters that take a URL apart. */
const password = fc
  .array(fc.constantFrom('sEc', 'ReT', '1', '23', '?', '@', '/', ':', '#', '&', '=', '%', ' ', ',', '+', '"'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => `sEc${parts.join('')}ReT`);
const EVENT_STORES = [
  (secret: string) => `esdb://admin:${secret}@host:2113?tls=false`,
  (secret: string) => `esdb://admin:123?${secret}@host:2113`,
  (secret: string) => `esdb+discover://admin:${secret}`,
  (secret: string) => `esdb:admin:${secret}@host`,
  (secret: string) => `${secret}:admin@host`,
  (secret: string) => secret,
];
const DATABASES = [
  (secret: string) => `postgres://cairn:${secret}@db/cairn`,
  (secret: string) => `postgres:cairn:${secret}@db/cairn`,
  (secret: string) => `jdbc:postgresql://db/cairn?user=cairn&password=${secret}`,
  (secret: string) => `${secret}://db/cairn`,
];

const messageOf = (load: () => unknown): string => {
  try {
    load();
    return '';
  } catch (error) {
    const { message, cause } = error as Error;
    return `${message} ${String(cause)}`;
  }
};
/** Any piece of it that is long enough to be recognised. */
const revealed = (message: string): boolean => /sEc|ReT/.test(message);

describe('a message on a setting', () => {
  it('never repeats a password of CAIRN_EVENT_STORE, however it takes the URL apart', () => {
    fc.assert(
      fc.property(password, fc.constantFrom(...EVENT_STORES), (secret, url) => {
        const environment = { CAIRN_EVENT_STORE: url(secret) };
        expect(revealed(messageOf(() => loadConfig(environment)))).toBe(false);
        expect(revealed(messageOf(() => loadKurrentAddress(environment)))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never repeats a password of CAIRN_DATABASE', () => {
    fc.assert(
      fc.property(password, fc.constantFrom(...DATABASES), (secret, url) => {
        expect(revealed(messageOf(() => loadConfig({ CAIRN_DATABASE: url(secret) })))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['esdb://admin:sEc?ret@host:2113', /percent-encode/],
    ['esdb://admin:123?sEcret@host:2113', /percent-encode/],
    ['esdb:admin:sEcret@host', /not esdb:|not something else/],
    ['mysql://x', /not mysql:/],
  ])('%s is refused, and why is said', (url, message) => {
    expect(messageOf(() => loadConfig({ CAIRN_EVENT_STORE: url }))).toMatch(message);
  });
});
