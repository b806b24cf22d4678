import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkpointText, signCheckpoint } from '../../../../src/ledger/note/checkpoint.js';
import {
  cosignaturesOf,
  cosigner,
  generateCosignerKey,
  hasQuorum,
  parseCosignatures,
  parseWitnessKey,
} from '../../../../src/ledger/note/cosignature.js';
import { generateSigningKey, parseSigningKey, parseVerifierKey } from '../../../../src/ledger/note/keys.js';
import { parseSignature } from '../../../../src/ledger/note/signed-note.js';
import { codeOf } from '../code-of.js';

const ORIGIN = 'example.com/log';
const LOG = parseSigningKey(generateSigningKey(ORIGIN, Buffer.alloc(32, 1)));
const CHECKPOINT = { origin: ORIGIN, size: 11n, root: Buffer.alloc(32, 9) };
const TEXT = checkpointText(CHECKPOINT);
const SIGNED = signCheckpoint(CHECKPOINT, [LOG]);
const witnessOf = (name: string, seed: number) => cosigner(generateCosignerKey(name, Buffer.alloc(32, seed)));
const ONE = witnessOf('witness.example/w1', 11);
const TWO = witnessOf('witness.example/w2', 12);
const THREE = witnessOf('witness.example/w3', 13);
const NOW = 1_679_315_147n;
const TIME_MAX = 2n ** 63n - 1n;

/** A line of signature with its time replaced, and the signature kept. */
function withTime(line: string, time: bigint): string {
  const [dash, name, encoded = ''] = line.split(' ');
  const bytes = Buffer.from(encoded, 'base64');
  bytes.writeBigUInt64BE(time, 4);
  return `${dash} ${name} ${bytes.toString('base64')}`;
}

describe('a cosignature', () => {
  it('is over the lines that C2SP tlog-cosignature says, by the key that the witness hands out', () => {
    const { name, keyId, signature } = parseSignature(ONE.cosign(TEXT, NOW));
    expect([name, keyId]).toEqual([ONE.verifier.name, ONE.verifier.keyId]);
    expect(signature.readBigUInt64BE()).toBe(NOW);
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: ONE.verifier.publicKey.toString('base64url') },
      format: 'jwk',
    });
    const message = Buffer.from(`cosignature/v1\ntime 1679315147\n${TEXT}`);
    expect(verify(null, message, key, signature.subarray(8))).toBe(true);
    expect(Buffer.from(ONE.verifier.text.split('+').slice(2).join('+'), 'base64')[0]).toBe(4);
  });

  it('is read as it is made, at any time that it can have', () =>
    fc.assert(
      fc.property(fc.bigInt(0n, TIME_MAX), (time) => {
        const line = ONE.cosign(TEXT, time);
        const [found, ...more] = parseCosignatures(`${line}\n`, TEXT, [parseWitnessKey(ONE.verifier.text)]);
        expect(more).toEqual([]);
        expect(found).toMatchObject({ time, line, name: ONE.verifier.name, keyId: ONE.verifier.keyId });
        const other = (time + 1n) % TIME_MAX;
        expect(codeOf(() => parseCosignatures(`${withTime(line, other)}\n`, TEXT, [ONE.verifier]))).toBe(
          'invalid-signature',
        );
      }),
      { numRuns: 30 },
    ));

  it.each([-1n, TIME_MAX + 1n])('has no time of %d seconds', (time) =>
    expect(() => ONE.cosign(TEXT, time)).toThrow(RangeError),
  );

  it('with a time beyond 63 bits does not match, even when it is signed', () => {
    const raw = parseSigningKey(generateSigningKey(ONE.verifier.name, Buffer.alloc(32, 11)));
    const time = TIME_MAX + 1n;
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(time);
    const signature = Buffer.concat([stamp, raw.sign(`cosignature/v1\ntime ${time}\n${TEXT}`)]);
    expect(ONE.verifier.verify(TEXT, signature)).toBe(false);
  });
});

describe('the key of a witness', () => {
  it('is read as it is written', () => {
    const key = generateCosignerKey('w');
    expect(parseWitnessKey(cosigner(key).verifier.text).text).toBe(parseVerifierKey(cosigner(key).verifier.text).text);
    expect(generateCosignerKey('w')).not.toBe(key);
  });
  it('is none of a log', () => {
    expect(codeOf(() => parseWitnessKey(LOG.verifier.text))).toBe('malformed-key');
    expect(codeOf(() => cosigner(generateSigningKey('w')))).toBe('malformed-key');
    expect(codeOf(() => parseSigningKey(generateCosignerKey('w')))).toBe('malformed-key');
  });
  it('has an id of its own', () => {
    const key = generateCosignerKey('w', Buffer.alloc(32, 1));
    expect(codeOf(() => cosigner(key.replace(/\+[0-9a-f]{8}\+/, '+00000000+')))).toBe('malformed-key');
    expect(codeOf(() => generateCosignerKey('a witness'))).toBe('malformed-key');
  });
});

describe('what a witness answers', () => {
  const line = ONE.cosign(TEXT, NOW);
  const read = (answer: string | Uint8Array) => parseCosignatures(answer, TEXT, [ONE.verifier, TWO.verifier]);

  it('is lines of signature, of which those of others are left out', () => {
    const answer = `${THREE.cosign(TEXT, NOW)}\n${line}\n${TWO.cosign(TEXT, NOW + 1n)}\n${line.replace('w1', 'w9')}\n`;
    expect(read(answer).map(({ name, time }) => [name, time])).toEqual([
      [ONE.verifier.name, NOW],
      [TWO.verifier.name, NOW + 1n],
    ]);
    expect(read(Buffer.from(answer))).toHaveLength(2);
  });
  it('counts once for a witness', () =>
    expect(read(`${line}\n${ONE.cosign(TEXT, NOW + 1n)}\n`).map(({ time }) => time)).toEqual([NOW]));

  it('is refused where it is of another checkpoint', () =>
    expect(codeOf(() => read(`${ONE.cosign(checkpointText({ ...CHECKPOINT, size: 12n }), NOW)}\n`))).toBe(
      'invalid-signature',
    ));
  it('is refused where it is a signature without a time', () => {
    const { verifier } = parseSigningKey(generateSigningKey('w', Buffer.alloc(32, 5)));
    const signed = signCheckpoint(CHECKPOINT, [parseSigningKey(generateSigningKey('w', Buffer.alloc(32, 5)))]);
    expect(codeOf(() => parseCosignatures(signed.slice(TEXT.length + 1), TEXT, [verifier]))).toBe('invalid-signature');
  });
  it('is refused where one of two by the same witness does not match', () =>
    expect(codeOf(() => read(`${line}\n${withTime(line, NOW + 1n)}\n`))).toBe('invalid-signature'));
  it('is refused where nobody who was asked has signed', () =>
    expect(codeOf(() => read(`${THREE.cosign(TEXT, NOW)}\n`))).toBe('unsigned'));

  it('of any text is read or refused', () => {
    const pieces = fc.constantFrom('\n', line, '— ', ' ', ONE.verifier.name, 'AQ==', TEXT, '\0', '\ud800');
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const allowed = [undefined, 'malformed-cosignature', 'invalid-signature', 'unsigned'];
        expect(allowed).toContain(codeOf(() => read(text)));
      }),
      { numRuns: 1_000 },
    );
  });

  describe.each<[string, string | Uint8Array]>([
    ['it is empty', ''],
    ['it is a blank line', '\n'],
    ['its last newline is missing', line],
    ['a blank line follows', `${line}\n\n`],
    ['it is a whole note', SIGNED],
    ['it is something else', '<html>\n'],
    ['it has carriage returns', `${line}\r\n`],
    ['it has more than a hundred lines', `${line}\n`.repeat(101)],
    ['its bytes are no UTF-8', Buffer.concat([Buffer.from(`${line}\n`), Buffer.of(0xff)])],
  ])('when %s', (_, answer) => {
    it('is refused', () => expect(codeOf(() => read(answer))).toBe('malformed-cosignature'));
  });
});

describe('a quorum', () => {
  const witnesses = [ONE.verifier, TWO.verifier, THREE.verifier];
  const noteBy = (...cosigners: (typeof ONE)[]) =>
    SIGNED + cosigners.map((one) => `${one.cosign(TEXT, NOW)}\n`).join('');

  it('is there when enough have signed', () => {
    expect([0, 1, 2, 3].map((quorum) => hasQuorum(noteBy(THREE, ONE), { witnesses, quorum }))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(hasQuorum(Buffer.from(noteBy(ONE, TWO, THREE)), { witnesses, quorum: 3 })).toBe(true);
    expect(cosignaturesOf(noteBy(THREE, ONE), witnesses).map(({ witness }) => witness)).toEqual([
      THREE.verifier,
      ONE.verifier,
    ]);
  });
  it('does not count the log, a stranger, or a witness twice', () => {
    const stranger = witnessOf('stranger', 14);
    expect(hasQuorum(noteBy(ONE, ONE, stranger), { witnesses, quorum: 2 })).toBe(false);
  });
  it('does not count a key twice that has two names', () => {
    const again = witnessOf('witness.example/again', 11);
    const note = noteBy(ONE, again);
    expect(hasQuorum(note, { witnesses: [ONE.verifier, again.verifier], quorum: 2 })).toBe(false);
    expect(hasQuorum(note, { witnesses: [ONE.verifier, again.verifier], quorum: 1 })).toBe(true);
  });
  it('is not asked of a note whose cosignature by a witness does not match, nor of one that is none', () => {
    const note = `${SIGNED}${withTime(ONE.cosign(TEXT, NOW), 1n)}\n${TWO.cosign(TEXT, NOW)}\n`;
    expect(codeOf(() => hasQuorum(note, { witnesses, quorum: 1 }))).toBe('invalid-signature');
    expect(codeOf(() => hasQuorum('', { witnesses, quorum: 0 }))).toBe('malformed-note');
  });
});
