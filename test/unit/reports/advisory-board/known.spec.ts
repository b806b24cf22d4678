import { describe, expect, it } from '@jest/globals';
import { overlapOf } from '../../../../src/reports/advisory-board/known.js';
import { at } from '../../views/ledger.js';

describe('the part of a period that the ledger knows', () => {
  const known = { from: at(10), to: at(20) };
  it.each([
    [at(0), at(10), null],
    [at(20), at(30), null],
    [at(0), at(15), { from: at(10), to: at(15) }],
    [at(12), at(15), { from: at(12), to: at(15) }],
    [at(15), at(40), { from: at(15), to: at(20) }],
    [at(0), at(40), known],
  ])('of %s to %s', (from, to, expected) => {
    expect(overlapOf({ from, to }, known)).toEqual(expected);
  });
});
