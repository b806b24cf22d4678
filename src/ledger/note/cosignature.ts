import { randomBytes } from 'node:crypto';
import { LedgerError, part } from '../errors.js';
import { cosign, COSIGNATURE, cosignedAt, ed25519Signer } from './algorithms.js';
import { formatSigningKey, parseVerifierKey, splitSigningKey, verifierOf, type Verifier } from './keys.js';
import { decodeText, parseNote, parseSignature, signatureLine, type NoteSignature } from './signed-note.js';

/** More are no answer of any witness. */
const COSIGNATURES_MAX = 100;
const SEED_BYTES = 32;

/** That a witness saw a checkpoint extend all those before. */
export interface Cosignature extends NoteSignature {
  readonly witness: Verifier;
  /** When, in seconds since 1970. */
  readonly time: bigint;
}

/** A key by which a witness signs. */
export interface Cosigner {
  readonly verifier: Verifier;
  /** The line of signature over a checkpoint's text, without its newline; `time` in seconds since 1970. */
  cosign(checkpointText: string, time: bigint): string;
}

/** So many of these witnesses are to have signed. */
export interface WitnessPolicy {
  readonly witnesses: readonly Verifier[];
  readonly quorum: number;
}

/**
 * C2SP tlog-cosignature: the key of a witness, which signs checkpoints together with the time.
 *
 * @throws LedgerError `malformed-key`
 */
export function parseWitnessKey(text: string): Verifier {
  const verifier = parseVerifierKey(text);
  if (verifier.algorithm !== COSIGNATURE.id) {
    throw new LedgerError('malformed-key', `The key of ${verifier.name} is no witness's: it signs no time`);
  }
  return verifier;
}

/**
 * The witness that holds a private key, written as {@link generateCosignerKey} does.
 *
 * @throws LedgerError `malformed-key`, without repeating any of it
 */
export function cosigner(signingKey: string): Cosigner {
  const [name, keyId, bytes] = splitSigningKey(signingKey);
  if (bytes[0] !== COSIGNATURE.id || bytes.length !== 1 + SEED_BYTES) {
    throw new LedgerError('malformed-key', "The key is no witness's");
  }
  const { publicKey, sign } = ed25519Signer(bytes.subarray(1));
  const verifier = verifierOf(name, COSIGNATURE, publicKey);
  if (verifier.keyId !== keyId) throw new LedgerError('malformed-key', 'The key has an id that is not its own');
  return { verifier, cosign: (text, time) => signatureLine(verifier, cosign(sign, text, time)) };
}

/** A new key of a witness, as text: `PRIVATE+KEY+name+keyId+base64(0x04 ‖ seed)`. */
export const generateCosignerKey = (name: string, seed: Uint8Array = randomBytes(SEED_BYTES)): string =>
  formatSigningKey(verifierOf(name, COSIGNATURE, ed25519Signer(seed).publicKey), seed);

/**
 * What a witness answers to a checkpoint (C2SP tlog-witness): lines of signature, each with its newline. Those by
 * anybody but the given witnesses are left out, as the specification asks.
 *
 * @throws LedgerError `malformed-cosignature`; `invalid-signature` when one by a given witness does not match the
 * checkpoint; `unsigned` when there is none by any of them
 */
export function parseCosignatures(
  answer: string | Uint8Array,
  checkpointText: string,
  witnesses: readonly Verifier[],
): readonly Cosignature[] {
  const lines = part(() => decodeText(answer), notLines).split('\n');
  if (lines.pop() !== '') throw malformed('does not end with a newline');
  if (lines.length === 0 || lines.length > COSIGNATURES_MAX) throw malformed(`has ${lines.length} lines`);
  const signatures = lines.map((line) => part(() => parseSignature(line), notLines));
  const found = verifiedOf(signatures, checkpointText, witnesses);
  if (found.length === 0) throw new LedgerError('unsigned', 'The answer has no cosignature by the witness');
  return found;
}

/**
 * The cosignatures that a checkpoint has by the given witnesses; the log's own signature is left unchecked.
 *
 * @throws LedgerError `malformed-note`; `invalid-signature` when one by a given witness does not match
 */
export function cosignaturesOf(note: string | Uint8Array, witnesses: readonly Verifier[]): readonly Cosignature[] {
  const { text, signatures } = parseNote(note);
  return verifiedOf(signatures, text, witnesses);
}

/**
 * Whether enough witnesses have signed a checkpoint. A public key counts once: cosignature/v1 does not sign the name,
 * so under two names it would be two witnesses at the price of one.
 *
 * @throws LedgerError as {@link cosignaturesOf}
 */
export function hasQuorum(note: string | Uint8Array, { witnesses, quorum }: WitnessPolicy): boolean {
  const keys = cosignaturesOf(note, witnesses).map(({ witness }) => witness.publicKey.toString('hex'));
  return new Set(keys).size >= quorum;
}

function verifiedOf(
  signatures: readonly NoteSignature[],
  checkpointText: string,
  witnesses: readonly Verifier[],
): readonly Cosignature[] {
  const found = new Map<Verifier, Cosignature>();
  for (const signature of signatures) {
    const { name, keyId } = signature;
    const witness = witnesses.find((one) => one.name === name && one.keyId === keyId);
    if (!witness) continue;
    if (witness.algorithm !== COSIGNATURE.id || !witness.verify(checkpointText, signature.signature)) {
      throw new LedgerError('invalid-signature', `The cosignature by ${name}+${keyId} does not match the checkpoint`);
    }
    if (!found.has(witness)) found.set(witness, { ...signature, witness, time: cosignedAt(signature.signature) });
  }
  return [...found.values()];
}

const notLines = (options: ErrorOptions): LedgerError => malformed('is not lines of signature', options);

const malformed = (problem: string, options?: ErrorOptions): LedgerError =>
  new LedgerError('malformed-cosignature', `The witness's answer ${problem}`, options);
