import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openCheckpoint, signCheckpoint } from '../../../../src/ledger/note/checkpoint.js';
import { generateSigningKey, parseSigningKey } from '../../../../src/ledger/note/keys.js';
import { formatTlogProof, parseTlogProof, type TlogProof } from '../../../../src/ledger/note/tlog-proof.js';
import { verifyInclusion } from '../../../../src/ledger/merkle/verify.js';
import { distinctTree } from '../merkle/reference-tree.js';
import { codeOf } from '../code-of.js';

const ORIGIN = 'example.com/log';
const LOG = parseSigningKey(generateSigningKey(ORIGIN, Buffer.alloc(32, 1)));
const TREE = distinctTree();
const CHECKPOINT = signCheckpoint({ origin: ORIGIN, size: 11n, root: TREE.root(0n, 11n) }, [LOG]);
const PROOF: TlogProof = { index: 4n, hashes: TREE.path(4n, 11n), checkpoint: CHECKPOINT };
const TEXT = formatTlogProof(PROOF);
const HASH = Buffer.alloc(32, 5).toString('base64');
const HEAD = 'c2sp.org/tlog-proof@v1';

describe('a proof', () => {
  it('is checked by itself', () => {
    const { index, hashes, checkpoint } = parseTlogProof(Buffer.from(TEXT));
    const { size, root } = openCheckpoint(checkpoint, ORIGIN, [LOG.verifier]);
    verifyInclusion({ index, size, root, proof: hashes, leafHash: TREE.root(4n, 5n) });
  });

  it('is the text of C2SP tlog-proof', () =>
    expect(formatTlogProof({ ...PROOF, hashes: [Buffer.alloc(32, 5)], extra: Buffer.from('more') })).toBe(
      `${HEAD}\nextra bW9yZQ==\nindex 4\n${HASH}\n\n${CHECKPOINT}`,
    ));

  it('is read as it is written', () =>
    fc.assert(
      fc.property(
        fc.bigInt(0n, 2n ** 64n - 1n),
        fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 64 }),
        fc.uint8Array(),
        (index, hashes, extra) => {
          const proof = { index, hashes: hashes.map((hash) => Buffer.from(hash)), checkpoint: CHECKPOINT };
          const whole = extra.length > 0 ? { ...proof, extra: Buffer.from(extra) } : proof;
          expect(parseTlogProof(formatTlogProof({ ...proof, extra: Buffer.from(extra) }))).toEqual(whole);
        },
      ),
    ));

  it('of any text is one that is written the same, or refused', () => {
    const pieces = fc.constantFrom(
      HEAD,
      '\n',
      'extra ',
      'AQ==',
      'index 1',
      'index ',
      '0',
      HASH,
      '\n\n',
      CHECKPOINT,
      TEXT,
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const code = codeOf(() => parseTlogProof(text));
        if (code === undefined) expect(formatTlogProof(parseTlogProof(text))).toBe(text);
        else expect(code).toBe('malformed-proof');
      }),
      { numRuns: 2_000 },
    );
  });

  describe.each<[string, string | Uint8Array]>([
    ['it is empty', ''],
    ['its version is another', TEXT.replace('@v1', '@v2')],
    ['its header has a space after it', TEXT.replace('@v1', '@v1 ')],
    ['its header is missing', TEXT.slice(HEAD.length + 1)],
    ['its index is missing', TEXT.replace('index 4\n', '')],
    ['its index is not named', TEXT.replace('index 4', '4')],
    ['its index has a zero before it', TEXT.replace('index 4', 'index 04')],
    ['its index has two spaces', TEXT.replace('index 4', 'index  4')],
    ['its index has 65 bits', TEXT.replace('index 4', `index ${2n ** 64n}`)],
    ['its index stands before its extra', TEXT.replace('index 4', 'index 4\nextra AQ==')],
    ['it has two extras', TEXT.replace('index 4', 'extra AQ==\nextra AQ==\nindex 4')],
    ['its extra is empty', TEXT.replace('index 4', 'extra \nindex 4')],
    ['its extra is not base64', TEXT.replace('index 4', 'extra A\nindex 4')],
    ['its extra has no space', TEXT.replace('index 4', 'extra\nindex 4')],
    ['a hash is not base64', TEXT.replace('index 4', 'index 4\nA')],
    ['a hash is too short', TEXT.replace('index 4', `index 4\n${Buffer.alloc(31).toString('base64')}`)],
    ['a hash is followed by a space', TEXT.replace('index 4', `index 4\n${HASH} `)],
    ['it has more hashes than any tree', TEXT.replace('index 4', `index 4${`\n${HASH}`.repeat(65)}`)],
    ['it has carriage returns', TEXT.replaceAll('\n', '\r\n')],
    ['it has no checkpoint', TEXT.slice(0, TEXT.indexOf('\n\n'))],
    ['its checkpoint is empty', TEXT.slice(0, TEXT.indexOf('\n\n') + 2)],
    ['its checkpoint is cut off', TEXT.slice(0, -1)],
    ['its checkpoint is another note', TEXT.replace('\n11\n', '\n')],
    ['its bytes are no UTF-8', Buffer.concat([Buffer.from(TEXT), Buffer.of(0xff)])],
  ])('when %s', (_, text) => {
    it('is refused', () => expect(codeOf(() => parseTlogProof(text))).toBe('malformed-proof'));
  });
});
