import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isNoteText } from '../../../../src/ledger/note/characters.js';
import { generateSigningKey, parseSigningKey } from '../../../../src/ledger/note/keys.js';
import { composeNote, openNote, parseNote, signNote } from '../../../../src/ledger/note/signed-note.js';
import { anyText } from '../any-text.js';
import { codeOf } from '../code-of.js';

const signerOf = (name: string, seed: number) => parseSigningKey(generateSigningKey(name, Buffer.alloc(32, seed)));
const ALICE = signerOf('alice', 1);
const BOB = signerOf('bob', 2);
const TEXT = 'A text,\n\nwith a blank line.\n';
const NOTE = signNote(TEXT, [ALICE, BOB]);
const [ALICE_LINE = '', BOB_LINE = ''] = parseNote(NOTE).signatures.map(({ line }) => line);
const texts = fc
  .string({ unit: fc.constantFrom('a', ' ', '\n', '—', '+', 'é', '\u2028', '\u007f', '\u{1f600}') })
  .map((text) => `${text}\n`);

/** A line of signature with the last byte of it changed. */
const spoilt = (line: string): string => {
  const [dash, name, encoded = ''] = line.split(' ');
  const bytes = Buffer.from(encoded, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  return `${dash} ${name} ${bytes.toString('base64')}`;
};

describe('a note', () => {
  it('is opened as it is signed, whatever its text', () =>
    fc.assert(
      fc.property(texts, (text) => {
        const note = signNote(text, [ALICE, BOB]);
        for (const form of [note, Buffer.from(note)]) {
          const { text: read, verified, unverified } = openNote(form, [ALICE.verifier]);
          expect(read).toBe(text);
          expect([verified, unverified].map((list) => list.map(({ name }) => name))).toEqual([['alice'], ['bob']]);
        }
        expect(
          composeNote(
            text,
            parseNote(note).signatures.map(({ line }) => line),
          ),
        ).toBe(note);
      }),
    ));

  it('of any text is one that is written the same, or refused', () => {
    const pieces = fc.constantFrom('\n', '\n\n', '— ', 'alice', ' ', ALICE_LINE, BOB_LINE, TEXT, '\r', '\0', '\ud800');
    const any = fc.oneof(
      anyText(),
      fc.array(pieces).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(any, (whole) => {
        const code = codeOf(() => parseNote(whole));
        if (code !== undefined) expect(code).toBe('malformed-note');
        else {
          const { text, signatures } = parseNote(whole);
          expect(
            composeNote(
              text,
              signatures.map(({ line }) => line),
            ),
          ).toBe(whole);
          expect(text.endsWith('\n') && isNoteText(whole)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('of any bytes is opened or refused', () =>
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), (at, byte) => {
        const bytes = Buffer.from(NOTE);
        const place = at % bytes.length;
        if (bytes[place] === byte) return;
        bytes[place] = byte;
        // Whatever byte it is, Alice's and Bob's signatures are not both on this text any more.
        let verified = 0;
        const code = codeOf(() => {
          verified = openNote(bytes, [ALICE.verifier, BOB.verifier]).verified.length;
        });
        if (code === undefined) expect(verified).toBe(1);
        else expect(code).toMatch(/malformed-note|invalid-signature/);
      }),
      { numRuns: 500 },
    ));

  it('has at least sixteen signatures, and a hundred', () => {
    const others = Array.from({ length: 99 }, (_, index) => BOB_LINE.replace('bob', `bob${index}`));
    for (const count of [15, 99]) {
      const { verified, unverified } = openNote(composeNote(TEXT, [...others.slice(0, count), ALICE_LINE]), [
        ALICE.verifier,
      ]);
      expect([verified.length, unverified.length]).toEqual([1, count]);
    }
    expect(codeOf(() => parseNote(composeNote(TEXT, [...others, ALICE_LINE, BOB_LINE])))).toBe('malformed-note');
  });

  it('has signatures of any size and of any algorithm', () => {
    const long = `— mldsa ${Buffer.alloc(4_900, 6).toString('base64')}`;
    const short = `— one ${Buffer.alloc(5, 6).toString('base64')}`;
    const { verified, unverified } = openNote(composeNote(TEXT, [long, ALICE_LINE, short]), [ALICE.verifier]);
    expect([verified.length, unverified.map(({ signature }) => signature.length)]).toEqual([1, [4_896, 1]]);
  });
});

describe('whoever opens a note', () => {
  const open = (...lines: string[]) => openNote(composeNote(TEXT, lines), [ALICE.verifier]);

  it('leaves alone what is by others, even by the same name or the same id', () => {
    const sameName = signerOf('alice', 3);
    const stranger = parseNote(signNote(TEXT, [sameName])).signatures[0]?.line ?? '';
    const sameId = ALICE_LINE.replace('alice', 'alice2');
    const { verified, unverified } = open(stranger, spoilt(BOB_LINE), sameId, ALICE_LINE);
    expect(verified.map(({ line }) => line)).toEqual([ALICE_LINE]);
    expect(unverified.map(({ line }) => line)).toEqual([stranger, spoilt(BOB_LINE), sameId]);
  });
  it('counts a key once', () => expect(open(ALICE_LINE, ALICE_LINE).verified).toHaveLength(1));
  it.each([
    ['the only one', [spoilt(ALICE_LINE)]],
    ['the second one', [ALICE_LINE, spoilt(ALICE_LINE)]],
    ['the first one', [spoilt(ALICE_LINE), ALICE_LINE]],
    ['too short', [ALICE_LINE.slice(0, -8)]],
  ])('refuses all of it when the signature by a trusted key does not match: %s', (_, lines) =>
    expect(codeOf(() => open(...lines))).toBe('invalid-signature'),
  );
  it('refuses it when nobody who is trusted has signed', () => {
    expect(codeOf(() => open(BOB_LINE))).toBe('unsigned');
    expect(codeOf(() => openNote(NOTE, []))).toBe('unsigned');
  });
  it('sees another text', () =>
    expect(codeOf(() => openNote(NOTE.replace('A text', 'B text'), [ALICE.verifier]))).toBe('invalid-signature'));
});

describe('a note is malformed', () => {
  const [dash = '', name = '', encoded = ''] = ALICE_LINE.split(' ');
  const withLine = (line: string) => `${TEXT}\n${line}\n`;
  describe.each<[string, string | Uint8Array]>([
    ['it is empty', ''],
    ['it is a newline', '\n'],
    ['it has no blank line', `A text\n${ALICE_LINE}\n`],
    ['it has no text', `\n${ALICE_LINE}\n`],
    ['it has no signatures', `${TEXT}\n`],
    ['its last newline is missing', NOTE.slice(0, -1)],
    ['a blank line follows', `${NOTE}\n`],
    ['it has a carriage return', NOTE.replaceAll('\n', '\r\n')],
    ['it has a tab in its text', `a\tb\n\n${ALICE_LINE}\n`],
    ['it has a NUL in its text', `a\0b\n\n${ALICE_LINE}\n`],
    ['it has half a character', `a\ud800\n\n${ALICE_LINE}\n`],
    ['its bytes are no UTF-8', Buffer.concat([Buffer.of(0xff), Buffer.from(NOTE)])],
    ['its bytes are UTF-8 made longer than need be', Buffer.concat([Buffer.of(0xc0, 0xaf), Buffer.from(NOTE)])],
    ['its bytes are half a pair in UTF-8', Buffer.concat([Buffer.of(0xed, 0xa0, 0x80), Buffer.from(NOTE)])],
    ['it is longer than any note', `${'a'.repeat(1_000_000)}\n\n${ALICE_LINE}\n`],
    ['a line is no signature', withLine('a line')],
    ['a blank line is among the signatures', `${TEXT}\n${ALICE_LINE}\n\n`],
    ['a hyphen is in the place of the dash', withLine(`- ${name} ${encoded}`)],
    ['an en dash is in the place of the dash', withLine(`\u2013 ${name} ${encoded}`)],
    ['a line begins with a space', withLine(` ${ALICE_LINE}`)],
    ['a line ends with a space', withLine(`${ALICE_LINE} `)],
    ['two spaces follow the dash', withLine(`${dash}  ${name} ${encoded}`)],
    ['a no-break space is in the place of a space', withLine(`${dash}\u00a0${name} ${encoded}`)],
    ['a name is missing', withLine(`${dash}  ${encoded}`)],
    ['a name has a plus sign in it', withLine(`${dash} a+b ${encoded}`)],
    ['a name has white space in it that is no space', withLine(`${dash} a\u2028b ${encoded}`)],
    ['a name has a space in it', withLine(`${dash} a b ${encoded}`)],
    ['a signature is missing', withLine(`${dash} ${name} `)],
    ['a signature is not base64', withLine(`${dash} ${name} !${encoded.slice(1)}`)],
    ['a signature has no padding', withLine(`${dash} ${name} AQIDBAU`)],
    ['a signature has bits that are left over', withLine(`${dash} ${name} AQIDBAV=`)],
    ['a signature is an id and nothing else', withLine(`${dash} ${name} AQIDBA==`)],
    ['a signature is shorter than an id', withLine(`${dash} ${name} AQID`)],
  ])('when %s', (_, note) => {
    it('and refused', () => expect(codeOf(() => openNote(note, [ALICE.verifier]))).toBe('malformed-note'));
  });
});

describe('nobody signs', () => {
  it.each(['', 'no newline'])('the text %j', (text) => expect(() => signNote(text, [ALICE])).toThrow(RangeError));
  it.each(['a\tb\n', 'a\r\n', '\0\n', '\ud800\n'])('the text %j', (text) =>
    expect(codeOf(() => signNote(text, [ALICE]))).toBe('malformed-note'),
  );
  it('with nobody’s key', () => expect(() => signNote(TEXT, [])).toThrow(RangeError));
});
