import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize as reference } from 'json-canonicalize';
import { canonicalize } from '../../../src/commands/canonical.js';
import { parseJsonBytes } from '../../../src/http/input/json.js';
import { describeWithVectors, readVector, vectorFiles } from '../../support/vectors.js';

const JCS = 'jcs/testdata';

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

  const cycle: Record<string, unknown> = {};
  cycle['itself'] = { cycle };
  describe.each<[string, unknown]>([
    ['it is no number', Number.NaN],
    ['it is endless', -Infinity],
    ['it is a function', () => undefined],
    ['it is a symbol', Symbol('a')],
    ['it is a whole number that JSON does not have', 2n ** 64n],
    ['it has itself in it', cycle],
    ['it ends with half a pair', 'a\ud800'],
    ['it is half a pair', '\udfff'],
    ['it has the halves of a pair the wrong way round', '\ude00\ud83d'],
    ['half a pair follows a backslash', '\\\ud800'],
  ])('when %s', (_, value) => {
    it('is refused, wherever it stands', () => {
      for (const whole of [value, [value], { a: { b: value } }]) expect(() => canonicalize(whole)).toThrow();
    });
  });
  it.each(['\u{1f600}', '\\ud800', '\\\\udfff', '\ufffd', '\u2028\u0000'])('has the characters %j', (value) =>
    expect(canonicalize({ [value]: value })).toBe(`{${JSON.stringify(value)}:${JSON.stringify(value)}}`),
  );
});

describeWithVectors(JCS, 'the canonical texts that others made', () => {
  const files = vectorFiles(`${JCS}/input`);
  it('are six', () => expect(files).toHaveLength(6));
  it.each(files)('%s', (file) => {
    const text = canonicalize(parseJsonBytes(readVector(`${JCS}/input/${file}`)));
    expect(text).toBe(readVector(`${JCS}/output/${file}`).toString('utf8'));
    const hex = readVector(`${JCS}/outhex/${file.replace('.json', '.txt')}`).toString('utf8');
    expect(Buffer.from(text).toString('hex')).toBe(hex.replace(/\s/g, ''));
  });
  it.each(files)('%s stays as it is', (file) => {
    const output = readVector(`${JCS}/output/${file}`);
    expect(canonicalize(parseJsonBytes(output))).toBe(output.toString('utf8'));
  });
});
