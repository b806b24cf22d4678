import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize } from 'json-canonicalize';
import { isCanonical } from '../../../../src/ledger/verify/canonical.js';

/** By definition: a text is canonical when it is the RFC 8785 form of what it is parsed to. */
function byDefinition(text: string): boolean {
  try {
    return text.isWellFormed() && canonicalize(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

const VALUES = fc.jsonValue({ stringUnit: 'grapheme' });

describe('whether a text is canonical', () => {
  it('is true of the RFC 8785 form of any value', () =>
    fc.assert(fc.property(VALUES, (value) => expect(isCanonical(canonicalize(value))).toBe(true))));

  it('is answered as the definition does, of texts that are nearly canonical', () =>
    fc.assert(
      fc.property(
        VALUES,
        fc.nat(),
        fc.constantFrom(...'{}[]",:0189-.eE tfn\\u"\n/é\ud800'),
        fc.nat(2),
        (value, place, more, cut) => {
          const text = canonicalize(value);
          const at = place % (text.length + 1);
          const changed = text.slice(0, at) + more + text.slice(at + cut);
          expect([changed, isCanonical(changed)]).toEqual([changed, byDefinition(changed)]);
        },
      ),
      { numRuns: 5_000 },
    ));

  it.each([
    ['', false],
    ['{}', true],
    ['[]', true],
    [' {}', false],
    ['{} ', false],
    ['{"b":1,"a":2}', false],
    ['{"a":1,"a":2}', false],
    ['{"a":1,}', false],
    ['[1,]', false],
    ['[1 ,2]', false],
    ['{"10":1,"9":2}', true],
    ['{"9":1,"10":2}', false],
    ['-1', true],
    ['-0', false],
    ['-true', false],
    ['01', false],
    ['1.0', false],
    ['1.5', true],
    ['1e21', false],
    ['1e+21', true],
    ['9007199254740993', false],
    ['"\\u0041"', false],
    ['"\\u001f"', true],
    ['"\\u001F"', false],
    ['"\\n"', true],
    ['"\\/"', false],
    ['"a\nb"', false],
    ['"\ud800"', false],
    ['"\\ud800"', false],
    ['"\\\\ud800"', true],
    ['{"é":1,"z":2}', false],
    ['{"z":1,"é":2}', true],
    ['{"\ud83d\ude00":1,"\uffff":2}', true],
    ['nul', false],
    ['[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]', true],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, false],
  ])('%#: %j', (text, expected) => expect(isCanonical(text)).toBe(expected));
});
