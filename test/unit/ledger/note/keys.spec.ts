import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generateSigningKey, isKeyName, parseSigningKey, parseVerifierKey } from '../../../../src/ledger/note/keys.js';
import { anyText } from '../any-text.js';
import { codeOf } from '../code-of.js';

const SEED = Buffer.alloc(32, 7);
const SIGNING_KEY = generateSigningKey('example.com/log', SEED);
const { verifier } = parseSigningKey(SIGNING_KEY);
const NAMES = anyText({ minLength: 1 }).filter(isKeyName);
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** A verifier key with its parts replaced. */
function keyOf({ name = verifier.name, keyId = verifier.keyId, bytes = Buffer.of() }): string {
  return `${name}+${keyId}+${bytes.toString('base64')}`;
}
const bytes = Buffer.from(verifier.text.split('+').slice(2).join('+'), 'base64');

describe('a key', () => {
  it('is read as it is written, whatever its name', () =>
    fc.assert(
      fc.property(NAMES, seeds, fc.string(), (name, seed, text) => {
        const signer = parseSigningKey(generateSigningKey(name, seed));
        const read = parseVerifierKey(signer.verifier.text);
        expect([read.name, read.keyId, read.text]).toEqual([name, signer.verifier.keyId, signer.verifier.text]);
        expect([read.algorithm, read.publicKey]).toEqual([1, signer.verifier.publicKey]);
        expect(read.verify(text, signer.sign(text))).toBe(true);
        expect(read.verify(`${text}.`, signer.sign(text))).toBe(false);
        expect(read.verify(text, signer.sign(text).subarray(1))).toBe(false);
      }),
    ));

  it('of RFC 8032, 7.1, signs as it does there', () => {
    const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
    const signer = parseSigningKey(generateSigningKey('test', seed));
    expect(signer.verifier.publicKey.toString('hex')).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    );
    expect(signer.sign('r').toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('is another one each time', () => expect(generateSigningKey('a')).not.toBe(generateSigningKey('a')));

  it('of any text is one that is written the same, or refused', () => {
    const pieces = fc.constantFrom(...SIGNING_KEY.split(/(\+)/), '+', 'AQ==', verifier.text);
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 9 }).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const code = codeOf(() => parseVerifierKey(text));
        if (code === undefined) expect(parseVerifierKey(text).text).toBe(text);
        else expect(code).toBe('malformed-key');
        expect([undefined, 'malformed-key']).toContain(codeOf(() => parseSigningKey(text)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('that is refused is not repeated', () => {
    const renamed = SIGNING_KEY.replace('example.com/log', 'other');
    expect(() => parseSigningKey(renamed)).toThrow(/^The key has an id that is not its own$/);
  });
});

describe('the name of a key', () => {
  it.each(['a', 'example.com/log42', 'größe', '名', '—', '\ufeff', '\u007f', '\u0080', '\u200b', '\u180e', 'a=b'])(
    'can be %j',
    (name) => expect(isKeyName(name)).toBe(true),
  );
  // Every character that Unicode says is white space.
  const SPACES = '\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000' + '\u2000\u2001\u2002\u2003\u2004';
  it.each(['', 'a+b', '+', '\0', '\u001f', '\ud800', ...[...SPACES, '\u2005', '\u200a'].map((space) => `a${space}b`)])(
    'cannot be %j',
    (name) => {
      expect(isKeyName(name)).toBe(false);
      expect(codeOf(() => generateSigningKey(name, SEED))).toBe('malformed-key');
    },
  );
});

describe('a verifier key', () => {
  it('is made of these parts', () => expect(keyOf({ bytes })).toBe(verifier.text));

  describe.each([
    ['it is empty', ''],
    ['it has no name', keyOf({ name: '', bytes })],
    ['it has a space in its name', keyOf({ name: 'example.com log', bytes })],
    ['its id is another', keyOf({ keyId: '00000000', bytes })],
    ['its id is in capitals', keyOf({ keyId: verifier.keyId.toUpperCase(), bytes })],
    ['its id is too short', keyOf({ keyId: verifier.keyId.slice(1), bytes })],
    ['its name is another', keyOf({ name: 'example.com/log2', bytes })],
    ['it has no public key', keyOf({})],
    ['its public key is too short', keyOf({ bytes: bytes.subarray(0, -1) })],
    ['its public key is too long', keyOf({ bytes: Buffer.concat([bytes, Buffer.of(0)]) })],
    ['its algorithm is unknown', keyOf({ bytes: Buffer.concat([Buffer.of(2), bytes.subarray(1)]) })],
    ['its algorithm is another', keyOf({ bytes: Buffer.concat([Buffer.of(4), bytes.subarray(1)]) })],
    ['its base64 has no padding', `example.com/log+${verifier.keyId}+AQ`],
    ['it ends with a newline', `${verifier.text}\n`],
    ['it begins with a space', ` ${verifier.text}`],
    ['it is a private key', SIGNING_KEY],
  ])('when %s', (_, text) => {
    it('is refused', () => {
      if (text === verifier.text) throw new Error('nothing is wrong with it');
      expect(codeOf(() => parseVerifierKey(text))).toBe('malformed-key');
    });
  });
});

describe('a signing key', () => {
  describe.each([
    ['it is a verifier key', verifier.text],
    ['its id is another', SIGNING_KEY.replace(verifier.keyId, '00000000')],
    ['its algorithm cannot sign', `PRIVATE+KEY+a+00000000+${Buffer.alloc(33, 4).toString('base64')}`],
    ['its seed is too short', `PRIVATE+KEY+a+00000000+${Buffer.alloc(32, 1).toString('base64')}`],
    ['it ends with a newline', `${SIGNING_KEY}\n`],
  ])('when %s', (_, text) => {
    it('is refused', () => expect(codeOf(() => parseSigningKey(text))).toBe('malformed-key'));
  });

  it('has a seed of 32 bytes', () => expect(() => generateSigningKey('a', Buffer.alloc(31))).toThrow(RangeError));
});
