import { expect, it } from '@jest/globals';
import { parseSigningKey, parseVerifierKey } from '../../../../src/ledger/note/keys.js';
import { openNote, signNote } from '../../../../src/ledger/note/signed-note.js';
import { describeWithVectors, readJson, readVector, vectorFiles } from '../../../support/vectors.js';
import { codeOf } from '../code-of.js';

const FILE = 'golang-mod/note-vectors.json';

interface Vectors {
  readonly vkeysGood: readonly string[];
  readonly vkeysBad: readonly string[];
  readonly sign: readonly { readonly skey: string; readonly text: string; readonly sigLine: string }[];
  readonly open: readonly {
    readonly name: string;
    readonly verifiers: readonly string[];
    readonly result: 'ok' | 'reject';
    readonly msgBase64: string;
    readonly verifiedNames?: readonly string[];
  }[];
}
const none: Vectors = { vkeysGood: [], vkeysBad: [], sign: [], open: [] };
const vectors = vectorFiles('golang-mod').length > 0 ? readJson<Vectors>(FILE) : none;

describeWithVectors(FILE, 'notes and keys that others made', () => {
  it('are all there', () => {
    const { vkeysGood, vkeysBad, sign, open } = vectors;
    expect([vkeysGood, vkeysBad, sign, open].map(({ length }) => length)).toEqual([2, 2, 1, 13]);
  });

  it.each(vectors.vkeysGood)('the key %s is read', (text) => expect(parseVerifierKey(text).text).toBe(text));
  it.each(vectors.vkeysBad)('the key %s is refused', (text) =>
    expect(codeOf(() => parseVerifierKey(text))).toBe('malformed-key'),
  );
  it.each(vectors.vkeysGood)('no part of the key %s is one, nor is it with any byte another', (text) => {
    for (let from = 0; from < text.length; from++) {
      for (let to = from; to <= text.length; to++) {
        if (to - from === text.length) continue;
        expect(codeOf(() => parseVerifierKey(text.slice(from, to)))).toBe('malformed-key');
      }
      const next = String.fromCharCode(text.charCodeAt(from) + 1);
      expect(codeOf(() => parseVerifierKey(text.slice(0, from) + next + text.slice(from + 1)))).toBe('malformed-key');
    }
  });

  it.each(vectors.sign)('the signature of $skey is the same to the byte', ({ skey, text, sigLine }) =>
    expect(signNote(text, [parseSigningKey(skey)])).toBe(`${text}\n${sigLine}`),
  );

  it.each(vectors.open)('the note with $name is $result', ({ verifiers, result, msgBase64, verifiedNames }) => {
    const open = () => openNote(Buffer.from(msgBase64, 'base64'), verifiers.map(parseVerifierKey));
    expect(codeOf(open) === undefined).toBe(result === 'ok');
    if (result === 'ok') expect(open().verified.map(({ name }) => name)).toEqual(verifiedNames);
  });
});

describeWithVectors('c2sp/spec-examples.json', 'the example of C2SP signed-note', () => {
  it('is opened', () => {
    const { signedNote } = JSON.parse(readVector('c2sp/spec-examples.json').toString('utf8')) as {
      signedNote: { vkey: string; note: string };
    };
    const { text, verified } = openNote(signedNote.note, [parseVerifierKey(signedNote.vkey)]);
    expect(text).toBe('This is an example message.\n');
    expect(verified.map(({ name }) => name)).toEqual(['example.com/foo']);
  });
});
