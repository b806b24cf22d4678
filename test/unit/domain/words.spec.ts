import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeMs, durationMs } from '../../../src/domain/duration.js';
import { matchesGlob } from '../../../src/domain/glob.js';

describe('a glob', () => {
  it('means any run of characters by its star, as a regular expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(letters, text, (pattern, subject) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        expect(matchesGlob(pattern, subject)).toBe(expression.test(subject));
      }),
    );
  });
  it('takes letters with a meaning elsewhere for themselves', () => {
    expect(matchesGlob('a.c', 'abc')).toBe(false);
    expect(matchesGlob('k8s-*/core[dns]', 'k8s-x/core[dns]')).toBe(true);
  });
  it('does not run away on patterns that blow up others', () => {
    expect(matchesGlob(`${'a*'.repeat(60)}b`, 'a'.repeat(2_000))).toBe(false);
  });
});

describe('a duration', () => {
  it.each([
    ['PT0S', 0],
    ['PT90M', 5_400_000],
    ['P1DT2H', 93_600_000],
    ['P2W', 1_209_600_000],
  ])('%s is %d ms', (text, ms) => expect(durationMs(text)).toBe(ms));
  it.each(['', 'P', 'PT', 'P1Y', 'P1M', '1h', 'PT-1S', 'PT1.5S', 'P1DT'])('"%s" is none', (text) =>
    expect(() => durationMs(text)).toThrow(RangeError),
  );
  it.each([
    [0, '0 s'],
    [93_600_000, '1 d 2 h'],
    [60_000, '1 min'],
  ])('%d ms reads %s', (ms, text) => expect(describeMs(ms)).toBe(text));
});
