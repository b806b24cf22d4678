import { createHash, randomBytes } from 'node:crypto';
import { LedgerError } from '../errors.js';
import { algorithmOf, DEFAULT_ALGORITHM, type Algorithm } from './algorithms.js';
import { decodeBase64 } from './base64.js';
import { isNoteText } from './characters.js';

/** Whose signatures are trusted, by the name and key that they carry. */
export interface Verifier {
  readonly name: string;
  /** Eight hex digits. */
  readonly keyId: string;
  /** C2SP signed-note, "Signature types". */
  readonly algorithm: number;
  readonly publicKey: Buffer;
  /** `name+keyId+base64`, as it is handed out. */
  readonly text: string;
  verify(text: string, signature: Uint8Array): boolean;
}

export interface Signer {
  readonly verifier: Verifier;
  /** Signature over a note's text. */
  sign(text: string): Buffer;
}

const PRIVATE_PREFIX = 'PRIVATE+KEY+';
const SEED_BYTES = 32;

/**
 * C2SP signed-note, "Verifier keys": `name+keyId+base64(algorithm ‖ public key)`.
 *
 * @throws LedgerError `malformed-key`
 */
export function parseVerifierKey(text: string): Verifier {
  const [name, keyId, bytes] = splitKey(text);
  const algorithm = algorithmOf(bytes[0]);
  if (!algorithm || bytes.length !== 1 + algorithm.publicKeyBytes) throw malformed('is of no known algorithm');
  const verifier = verifierOf(name, algorithm, bytes.subarray(1));
  if (verifier.keyId !== keyId) throw malformed('has an id that is not its own');
  return verifier;
}

/**
 * The private half, as Go's `note` package writes it: `PRIVATE+KEY+name+keyId+base64(algorithm ‖ seed)`.
 *
 * @throws LedgerError `malformed-key`, without repeating any of it
 */
export function parseSigningKey(text: string): Signer {
  const [name, keyId, bytes] = splitSigningKey(text);
  const algorithm = algorithmOf(bytes[0]);
  if (!algorithm?.signer || bytes.length !== 1 + SEED_BYTES) throw malformed('is of no algorithm that can sign here');
  const { publicKey, sign } = algorithm.signer(bytes.subarray(1));
  const verifier = verifierOf(name, algorithm, publicKey);
  if (verifier.keyId !== keyId) throw malformed('has an id that is not its own');
  return { verifier, sign };
}

/** A new key under a name, as text. */
export function generateSigningKey(name: string, seed: Uint8Array = randomBytes(SEED_BYTES)): string {
  const { signer } = DEFAULT_ALGORITHM;
  if (!signer) throw new TypeError('the default algorithm cannot sign');
  return formatSigningKey(verifierOf(name, DEFAULT_ALGORITHM, signer(seed).publicKey), seed);
}

/** The text of the private half of a key. */
export const formatSigningKey = ({ name, keyId, algorithm }: Verifier, seed: Uint8Array): string =>
  `${PRIVATE_PREFIX}${name}+${keyId}+${Buffer.from([algorithm, ...seed]).toString('base64')}`;

/**
 * C2SP signed-note: a key's name is not empty, and has neither white space (in Unicode's sense, which is not that of
 * `\s`) nor a plus sign in it. Nor any character that a note may not have, or it could sign none.
 */
export function isKeyName(name: string): boolean {
  return name !== '' && !/[\p{White_Space}+]/u.test(name) && isNoteText(name);
}

/** @throws LedgerError `malformed-key` for a name that is none */
export function verifierOf(name: string, algorithm: Algorithm, publicKey: Uint8Array): Verifier {
  checkName(name);
  const keyId = keyIdOf(name, algorithm.id, publicKey);
  return {
    name,
    keyId,
    algorithm: algorithm.id,
    publicKey: Buffer.from(publicKey),
    text: `${name}+${keyId}+${Buffer.from([algorithm.id, ...publicKey]).toString('base64')}`,
    verify: (text, signature) => algorithm.verify(publicKey, text, signature),
  };
}

/** C2SP signed-note: SHA-256(name ‖ "\n" ‖ algorithm ‖ public key)[:4]. */
function keyIdOf(name: string, algorithm: number, publicKey: Uint8Array): string {
  const hash = createHash('sha256').update(`${name}\n`).update(Buffer.of(algorithm)).update(publicKey).digest('hex');
  return hash.slice(0, 8);
}

/**
 * Name, id, and algorithm with seed, of the text of a private key.
 *
 * @throws LedgerError `malformed-key`, without repeating any of it
 */
export function splitSigningKey(text: string): [name: string, keyId: string, bytes: Buffer] {
  if (!text.startsWith(PRIVATE_PREFIX)) throw malformed(`does not begin with ${PRIVATE_PREFIX}`);
  return splitKey(text.slice(PRIVATE_PREFIX.length));
}

function splitKey(text: string): [name: string, keyId: string, bytes: Buffer] {
  // The base64 part may have plus signs of its own.
  const [, name = '', keyId = '', key = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? [];
  const bytes = decodeBase64(key);
  if (!bytes || key === '') throw malformed('is not name, id and base64, with a plus sign between them');
  return [name, keyId, bytes];
}

function checkName(name: string): void {
  if (!isKeyName(name)) throw malformed('has a name that is empty, or has a character in it that no name may have');
}

const malformed = (problem: string): LedgerError => new LedgerError('malformed-key', `The key ${problem}`);
