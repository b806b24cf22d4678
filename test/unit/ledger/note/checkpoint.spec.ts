import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY_ROOT } from '../../../../src/ledger/merkle/hash.js';
import {
  checkpointText,
  openCheckpoint,
  parseCheckpointText,
  signCheckpoint,
  type Checkpoint,
} from '../../../../src/ledger/note/checkpoint.js';
import { cosigner, generateCosignerKey } from '../../../../src/ledger/note/cosignature.js';
import { generateSigningKey, parseSigningKey } from '../../../../src/ledger/note/keys.js';
import { composeNote, signNote } from '../../../../src/ledger/note/signed-note.js';
import { codeOf } from '../code-of.js';

const ORIGIN = 'example.com/log';
const LOG = parseSigningKey(generateSigningKey(ORIGIN, Buffer.alloc(32, 1)));
const WITNESS = cosigner(generateCosignerKey('witness.example', Buffer.alloc(32, 2)));
const CHECKPOINT: Checkpoint = { origin: ORIGIN, size: 2n ** 64n - 1n, root: Buffer.alloc(32, 3) };
const TEXT = checkpointText(CHECKPOINT);
const ROOT = CHECKPOINT.root.toString('base64');

const lines = fc.string({ minLength: 1 }).filter((line) => !line.includes('\n'));
const checkpoints = fc
  .record({
    origin: lines,
    size: fc.bigInt(1n, 2n ** 64n - 1n),
    root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
    extensions: fc.array(lines, { maxLength: 3 }),
  })
  .map(({ extensions, ...rest }): Checkpoint => (extensions.length > 0 ? { ...rest, extensions } : rest));

describe('a checkpoint', () => {
  it('is read as it is written, another log’s extension lines included', () =>
    fc.assert(
      fc.property(checkpoints, (checkpoint) =>
        expect(parseCheckpointText(checkpointText(checkpoint))).toEqual(checkpoint),
      ),
    ));

  it('of any text is one that is written the same, or refused', () => {
    const pieces = fc.constantFrom('\n', ORIGIN, '0', '1', ROOT, EMPTY_ROOT.toString('base64'), ' ', '\r');
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const code = codeOf(() => parseCheckpointText(text));
        if (code === undefined) expect(checkpointText(parseCheckpointText(text))).toBe(text);
        else expect(code).toBe('malformed-checkpoint');
      }),
      { numRuns: 2_000 },
    );
  });

  it('is opened as it is signed', () => {
    const note = signCheckpoint(CHECKPOINT, [LOG]);
    const { verified, text, ...checkpoint } = openCheckpoint(note, ORIGIN, [LOG.verifier]);
    expect(checkpoint).toEqual(CHECKPOINT);
    expect(text).toBe(TEXT);
    expect(verified.map(({ name }) => name)).toEqual([ORIGIN]);
  });

  it('of the empty tree has its root', () => {
    const empty = { origin: ORIGIN, size: 0n, root: EMPTY_ROOT };
    expect(parseCheckpointText(checkpointText(empty))).toEqual(empty);
  });

  it.each(['a log', 'a+b', '\u2028', '名'])('can be of the log %j', (origin) =>
    expect(parseCheckpointText(checkpointText({ ...CHECKPOINT, origin })).origin).toBe(origin),
  );

  describe.each([
    ['it is empty', ''],
    ['it has two lines', `${ORIGIN}\n1\n`],
    ['its last newline is missing', TEXT.slice(0, -1)],
    ['its origin is empty', `\n1\n${ROOT}\n`],
    ['an extension line is empty', `${TEXT}\n`],
    ['an extension line is not ended', `${TEXT}extension`],
    ['its size is empty', `${ORIGIN}\n\n${ROOT}\n`],
    ['its size has a zero before it', `${ORIGIN}\n01\n${ROOT}\n`],
    ['its size has a sign', `${ORIGIN}\n-1\n${ROOT}\n`],
    ['its size has 65 bits', `${ORIGIN}\n${2n ** 64n}\n${ROOT}\n`],
    ['its root is empty', `${ORIGIN}\n1\n\n`],
    ['its root is too short', `${ORIGIN}\n1\n${Buffer.alloc(31).toString('base64')}\n`],
    ['its root is too long', `${ORIGIN}\n1\n${Buffer.alloc(33).toString('base64')}\n`],
    ['its root is in hex', `${ORIGIN}\n1\n${Buffer.alloc(32).toString('hex')}\n`],
    ['its root has bits that are left over', `${ORIGIN}\n1\n${ROOT.slice(0, -2)}N=\n`],
    ['it has a root over no leaves', `${ORIGIN}\n0\n${ROOT}\n`],
  ])('when %s', (_, text) => {
    it('is refused', () => expect(codeOf(() => parseCheckpointText(text))).toBe('malformed-checkpoint'));
  });
});

describe('whoever opens a checkpoint', () => {
  const trusted = [LOG.verifier, WITNESS.verifier];
  it('does not take another log’s', () => {
    const note = signCheckpoint({ ...CHECKPOINT, origin: 'example.com/other' }, [LOG]);
    expect(codeOf(() => openCheckpoint(note, ORIGIN, trusted))).toBe('malformed-checkpoint');
  });
  it('does not take a witness’s word alone', () => {
    const note = composeNote(TEXT, [WITNESS.cosign(TEXT, 1n)]);
    expect(codeOf(() => openCheckpoint(note, ORIGIN, trusted))).toBe('unsigned');
  });
  it('does not take a note that is none', () => {
    const note = signNote('a text\n', [LOG]);
    expect(codeOf(() => openCheckpoint(note, ORIGIN, trusted))).toBe('malformed-checkpoint');
  });
});
