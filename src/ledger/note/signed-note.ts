import { LedgerError } from '../errors.js';
import { decodeBase64 } from './base64.js';
import { isNoteText } from './characters.js';
import { isKeyName, type Signer, type Verifier } from './keys.js';

/** More is no note of anybody's: C2SP signed-note asks for at least 16 signatures, and for a limit. */
const NOTE_BYTES_MAX = 1_000_000;
const SIGNATURES_MAX = 100;
const KEY_ID_BYTES = 4;

export interface NoteSignature {
  readonly name: string;
  /** Eight hex digits. */
  readonly keyId: string;
  readonly signature: Buffer;
  /** The line as it stands in the note, without its end. */
  readonly line: string;
}

/** A note taken apart; nothing of it is checked yet but its form. */
export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface OpenedNote {
  readonly text: string;
  /** By keys that are trusted, one each. */
  readonly verified: readonly NoteSignature[];
  /** By anybody else: nothing is known of them. */
  readonly unverified: readonly NoteSignature[];
}

/**
 * C2SP signed-note, "Format". Bytes are to be given where they come from outside, so that what is no UTF-8 is seen.
 *
 * @throws LedgerError `malformed-note`
 */
export function parseNote(note: string | Uint8Array): Note {
  const whole = decodeText(note);
  // The text may have blank lines of its own, so it ends at the last one.
  const end = whole.lastIndexOf('\n\n');
  if (end < 0) throw malformed('has no blank line before its signatures');
  const text = whole.slice(0, end + 1);
  const lines = whole.slice(end + 2).split('\n');
  if (lines.pop() !== '') throw malformed('does not end with a newline');
  if (lines.length === 0) throw malformed('has no signatures');
  if (lines.length > SIGNATURES_MAX) throw malformed(`has more than ${SIGNATURES_MAX} signatures`);
  return { text, signatures: lines.map(parseSignature) };
}

/**
 * Opens a note for those who trust the given keys. Signatures by other keys are left alone, whatever they are.
 *
 * @throws LedgerError `malformed-note`; `invalid-signature` when one by a trusted key does not match; `unsigned`
 */
export function openNote(note: string | Uint8Array, trusted: readonly Verifier[]): OpenedNote {
  const { text, signatures } = parseNote(note);
  const verified: NoteSignature[] = [];
  const unverified: NoteSignature[] = [];
  const seen = new Set<string>();
  for (const signature of signatures) {
    const { name, keyId } = signature;
    const verifier = trusted.find((one) => one.name === name && one.keyId === keyId);
    if (!verifier) {
      unverified.push(signature);
      continue;
    }
    // A second one by the same key counts for nothing, and is checked all the same: the specification says "MUST".
    if (!verifier.verify(text, signature.signature)) {
      throw new LedgerError('invalid-signature', `The signature by ${name}+${keyId} does not match the note`);
    }
    if (!seen.has(verifier.text)) verified.push(signature);
    seen.add(verifier.text);
  }
  if (verified.length === 0) throw new LedgerError('unsigned', 'The note has no signature by a key that is trusted');
  return { text, verified, unverified };
}

/** The signed note of a text that ends with a newline. */
export function signNote(text: string, signers: readonly Signer[]): string {
  if (!text.endsWith('\n')) throw new RangeError('The text of a note ends with a newline');
  if (signers.length === 0) throw new RangeError('A note is signed by somebody');
  checkCharacters(text);
  return composeNote(
    text,
    signers.map((signer) => signatureLine(signer.verifier, signer.sign(text))),
  );
}

/** A note from its text and the lines of its signatures. */
export const composeNote = (text: string, lines: readonly string[]): string =>
  `${text}\n${lines.map((line) => `${line}\n`).join('')}`;

/** One line of signature, without its newline. */
export const signatureLine = ({ name, keyId }: Pick<Verifier, 'name' | 'keyId'>, signature: Uint8Array): string =>
  `— ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), signature]).toString('base64')}`;

/**
 * The parts of such a line.
 *
 * @throws LedgerError `malformed-note`
 */
export function parseSignature(line: string): NoteSignature {
  const [, name = '', encoded = ''] = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || !bytes || bytes.length <= KEY_ID_BYTES) throw malformed('has a line that is no signature');
  return {
    name,
    keyId: bytes.toString('hex', 0, KEY_ID_BYTES),
    signature: bytes.subarray(KEY_ID_BYTES),
    line,
  };
}

/**
 * The text of what is, or has in it, a note.
 *
 * @throws LedgerError `malformed-note` where it is too long, no UTF-8, or has control characters in it
 */
export function decodeText(note: string | Uint8Array): string {
  const bytes = Buffer.byteLength(note);
  if (bytes > NOTE_BYTES_MAX) throw malformed(`has more than ${NOTE_BYTES_MAX} bytes`);
  const text = typeof note === 'string' ? note : utf8(note);
  checkCharacters(text);
  return text;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw malformed('is not UTF-8', { cause: error });
  }
}

function checkCharacters(text: string): void {
  if (!isNoteText(text)) throw malformed('has control characters in it, or is not UTF-8');
}

const malformed = (problem: string, options?: ErrorOptions): LedgerError =>
  new LedgerError('malformed-note', `The note ${problem}`, options);
