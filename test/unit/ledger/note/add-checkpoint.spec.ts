import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  formatAddCheckpoint,
  formatTreeSize,
  parseAddCheckpoint,
  parseTreeSize,
} from '../../../../src/ledger/note/add-checkpoint.js';
import { signCheckpoint } from '../../../../src/ledger/note/checkpoint.js';
import { generateSigningKey, parseSigningKey } from '../../../../src/ledger/note/keys.js';
import { codeOf } from '../code-of.js';

const ORIGIN = 'example.com/log';
const LOG = parseSigningKey(generateSigningKey(ORIGIN, Buffer.alloc(32, 1)));
const CHECKPOINT = signCheckpoint({ origin: ORIGIN, size: 11n, root: Buffer.alloc(32, 9) }, [LOG]);
const HASH = Buffer.alloc(32, 5);
const LINE = HASH.toString('base64');
const BODY = formatAddCheckpoint({ oldSize: 4n, proof: [HASH], checkpoint: CHECKPOINT });

describe('what a witness is asked', () => {
  it('is the text of C2SP tlog-witness', () => expect(BODY).toBe(`old 4\n${LINE}\n\n${CHECKPOINT}`));

  it('is read as it is written', () =>
    fc.assert(
      fc.property(
        fc.bigInt(0n, 2n ** 64n - 1n),
        fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 }),
        (oldSize, hashes) => {
          const request = { oldSize, proof: hashes.map((hash) => Buffer.from(hash)), checkpoint: CHECKPOINT };
          expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request);
          expect(parseAddCheckpoint(Buffer.from(formatAddCheckpoint(request)))).toEqual(request);
        },
      ),
    ));

  it('of any text is one that is written the same, or refused', () => {
    const pieces = fc.constantFrom('old ', '0', '12', '\n', '\n\n', LINE, CHECKPOINT, BODY, ' ', '\r');
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const code = codeOf(() => parseAddCheckpoint(text));
        if (code === undefined) expect(formatAddCheckpoint(parseAddCheckpoint(text))).toBe(text);
        else expect(code).toBe('malformed-request');
      }),
      { numRuns: 2_000 },
    );
  });

  it('can be what the protocol has an answer of its own for', () => {
    // An old size beyond the new one is answered with 400, a proof that is not asked for with 422.
    expect(parseAddCheckpoint(BODY.replace('old 4', 'old 12')).oldSize).toBe(12n);
    expect(parseAddCheckpoint(BODY.replace('old 4', 'old 0')).proof).toEqual([HASH]);
  });

  it('has at most 63 lines of proof', () => {
    const proof = Array.from({ length: 64 }, () => HASH);
    expect(() => formatAddCheckpoint({ oldSize: 4n, proof, checkpoint: CHECKPOINT })).toThrow(RangeError);
    expect(parseAddCheckpoint(`old 4\n${`${LINE}\n`.repeat(63)}\n${CHECKPOINT}`).proof).toHaveLength(63);
  });

  describe.each<[string, string | Uint8Array]>([
    ['it is empty', ''],
    ['it is a checkpoint alone', CHECKPOINT],
    ['its old size is missing', BODY.replace('old 4\n', '')],
    ['its old size is not named', BODY.replace('old 4', '4')],
    ['its old size is named in capitals', BODY.replace('old 4', 'OLD 4')],
    ['its old size has a zero before it', BODY.replace('old 4', 'old 04')],
    ['its old size has two spaces', BODY.replace('old 4', 'old  4')],
    ['its old size is followed by a space', BODY.replace('old 4', 'old 4 ')],
    ['its old size is below zero', BODY.replace('old 4', 'old -4')],
    ['its old size has 65 bits', BODY.replace('old 4', `old ${2n ** 64n}`)],
    ['a blank line stands first', `\n${BODY}`],
    ['a line of proof is not base64', BODY.replace(LINE, '!')],
    ['a line of proof is in hex', BODY.replace(LINE, HASH.toString('hex'))],
    ['a line of proof is too short', BODY.replace(LINE, HASH.subarray(1).toString('base64'))],
    ['a line of proof has two hashes', BODY.replace(LINE, Buffer.concat([HASH, HASH]).toString('base64'))],
    ['it has 64 lines of proof', BODY.replace(LINE, Array.from({ length: 64 }, () => LINE).join('\n'))],
    ['a blank line is in the proof', BODY.replace(LINE, `${LINE}\n\n${LINE}`)],
    ['it has no checkpoint', `old 4\n${LINE}\n\n`],
    ['its checkpoint is cut off', BODY.slice(0, -1)],
    ['its checkpoint is not signed', `old 4\n${LINE}\n\n${CHECKPOINT.slice(0, CHECKPOINT.indexOf('\n\n') + 1)}`],
    ['its checkpoint is another note', BODY.replace('\n11\n', '\n')],
    ['it has carriage returns', BODY.replaceAll('\n', '\r\n')],
    ['its bytes are no UTF-8', Buffer.concat([Buffer.from(BODY), Buffer.of(0xff)])],
  ])('when %s', (_, body) => {
    it('is refused', () => expect(codeOf(() => parseAddCheckpoint(body))).toBe('malformed-request'));
  });
});

describe('the size that a witness answers', () => {
  it.each([0n, 20_852_163n, 2n ** 64n - 1n])('is %d', (size) => expect(parseTreeSize(formatTreeSize(size))).toBe(size));
  it.each(['', '\n', '1', '01\n', '1\n\n', ' 1\n', '1\r\n', '-1\n', '18446744073709551616\n', '<html>\n'])(
    'is not %j',
    (text) => expect(codeOf(() => parseTreeSize(text))).toBe('malformed-cosignature'),
  );
});
