import { expect, it } from '@jest/globals';
import { counted } from '../../../../src/ledger/verify/findings.js';

it('tells of one as one, and of none and several as several', () => {
  expect([0, 1, 2].map((count) => counted(count, 'tile'))).toEqual(['0 tiles', '1 tile', '2 tiles']);
  expect([0, 1, 2].map((count) => counted(count, 'leaf', 'leaves'))).toEqual(['0 leaves', '1 leaf', '2 leaves']);
});
