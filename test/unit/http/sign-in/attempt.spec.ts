import { describe, expect, it } from '@jest/globals';
import { ATTEMPT_SECONDS, AttemptSeal } from '../../../../src/http/access/sign-in/attempt.js';

const attempt = { state: 's', nonce: 'n', verifier: 'v'.repeat(43), to: '/v1/me' };
const now = new Date('2026-03-01T00:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

describe('what a browser keeps while it is at the issuer', () => {
  it('comes back as it was, and says nothing to the browser', async () => {
    const seal = new AttemptSeal(undefined);
    const sealed = await seal.seal(attempt, now);
    expect(await seal.open(sealed, later(ATTEMPT_SECONDS - 1))).toEqual(attempt);
    expect(sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))).not.toContainEqual(
      expect.stringContaining(attempt.verifier),
    );
  });

  it('is worth nothing after ten minutes', async () => {
    const seal = new AttemptSeal(undefined);
    expect(await seal.open(await seal.seal(attempt, now), later(ATTEMPT_SECONDS + 1))).toBeUndefined();
  });

  it('is opened by all that know the secret, and by nobody else', async () => {
    const sealed = await new AttemptSeal('a secret').seal(attempt, now);
    expect(await new AttemptSeal('a secret').open(sealed, now)).toEqual(attempt);
    expect(await new AttemptSeal('another').open(sealed, now)).toBeUndefined();
    const own = await new AttemptSeal(undefined).seal(attempt, now);
    expect(await new AttemptSeal(undefined).open(own, now)).toBeUndefined();
  });

  it('is nothing where a character of it was changed, or where it is something else', async () => {
    const seal = new AttemptSeal('a secret');
    const sealed = await seal.seal(attempt, now);
    // The last character of a part may hold bits that do not count.
    for (const at of [3, sealed.length - 30, sealed.length - 10]) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(await seal.open(`${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`, now)).toBeUndefined();
    }
    for (const text of ['', 'x', '....', 'a.b.c', '{}']) expect(await seal.open(text, now)).toBeUndefined();
  });
});
