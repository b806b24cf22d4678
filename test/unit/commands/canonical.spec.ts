import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize as reference } from 'json-canonicalize';
import { canonicalize } from '../../../src/commands/canonical.js';

describe('the canonical text', () => {
  it('is the one of RFC 8785, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => expect(canonicalize(value)).toBe(reference(value))),
      { numRuns: 2_000 },
    );
  });
  it('sorts keys by code unit, those that look like numbers too', () =>
    expect(canonicalize({ 10: 1, 9: 2, é: 3, '\u{1f600}': 4, '\ufb33': 5, z: -0, a: 1e21 })).toBe(
      '{"10":1,"9":2,"a":1e+21,"z":0,"é":3,"\u{1f600}":4,"\ufb33":5}',
    ));
  it('leaves out what is undefined, and has none for what JSON cannot say', () => {
    expect(canonicalize({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(() => canonicalize({ a: Number.NaN })).toThrow();
    expect(() => canonicalize(undefined)).toThrow(TypeError);
  });
});
