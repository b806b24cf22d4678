import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeBase64 } from '../../../../src/ledger/note/base64.js';
import { parseDecimal } from '../../../../src/ledger/note/decimal.js';

describe('base64', () => {
  it('is read as it is written', () =>
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(Buffer.from(bytes));
      }),
    ));

  it.each([
    'AQ',
    'AQ=',
    'AQ===',
    'AR==',
    'AQI',
    'AQJ=',
    'A',
    '=',
    '====',
    '-_-_',
    'AQ==\n',
    ' AQ==',
    'AQ= =',
    'AQ==AQ==',
    'ÀQ==',
  ])('is not %j', (text) => expect(decodeBase64(text)).toBeUndefined());
});

describe('a number of 64 bits', () => {
  it('is read as it is written', () =>
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (number) => expect(parseDecimal(`${number}`)).toBe(number))));

  it.each([
    '',
    '00',
    '01',
    '-1',
    '-0',
    '+1',
    ' 1',
    '1 ',
    '1\n',
    '1.0',
    '1e3',
    '0x1',
    '1_000',
    '１',
    '٣',
    '18446744073709551616',
    '9'.repeat(400),
  ])('is not %j', (text) => expect(parseDecimal(text)).toBeUndefined());
  it.each(['0', '18446744073709551615', '9007199254740993'])('is %s', (text) =>
    expect(parseDecimal(text)).toBe(BigInt(text)),
  );
});
