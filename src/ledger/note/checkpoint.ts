import { LedgerError } from '../errors.js';
import { EMPTY_ROOT, HASH_BYTES } from '../merkle/hash.js';
import { decodeBase64 } from './base64.js';
import { parseDecimal } from './decimal.js';
import type { Signer, Verifier } from './keys.js';
import { openNote, signNote, type NoteSignature } from './signed-note.js';

const LINES_MIN = 3;

/** C2SP tlog-checkpoint: which log, how many leaves, and the root over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Buffer;
  /** Lines that a log may add, and ours does not; absent where there are none. */
  readonly extensions?: readonly string[];
}

export interface OpenedCheckpoint extends Checkpoint {
  /** The text that was signed. */
  readonly text: string;
  /** Signatures by keys that are trusted. */
  readonly verified: readonly NoteSignature[];
}

/** The text that is signed. */
export const checkpointText = ({ origin, size, root, extensions = [] }: Checkpoint): string =>
  [origin, size, root.toString('base64'), ...extensions].map((line) => `${line}\n`).join('');

export const signCheckpoint = (checkpoint: Checkpoint, signers: readonly Signer[]): string =>
  signNote(checkpointText(checkpoint), signers);

/**
 * Three lines, and extension lines where a log has them: they are recommended against, and part of what is signed.
 *
 * @throws LedgerError `malformed-checkpoint`
 */
export function parseCheckpointText(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw malformed('does not end with a newline');
  if (lines.length < LINES_MIN || lines.includes('')) throw malformed('is not of at least three lines, none empty');
  const [origin = '', sizeText = '', rootText = '', ...extensions] = lines;
  const size = parseDecimal(sizeText);
  const root = decodeBase64(rootText);
  if (size === undefined) throw malformed('has a size that is no number of 64 bits');
  if (root?.length !== HASH_BYTES) throw malformed('has a root that is no SHA-256');
  if (size === 0n && !root.equals(EMPTY_ROOT)) throw malformed('has a root over no leaves');
  return { origin, size, root, ...(extensions.length > 0 && { extensions }) };
}

/**
 * A checkpoint of the log `origin`, signed by a key that is trusted and carries the log's name: a witness's alone does
 * not speak for the log.
 *
 * @throws LedgerError as {@link openNote} and {@link parseCheckpointText}; `malformed-checkpoint` for another log's
 */
export function openCheckpoint(
  note: string | Uint8Array,
  origin: string,
  trusted: readonly Verifier[],
): OpenedCheckpoint {
  const { text, verified } = openNote(note, trusted);
  const checkpoint = parseCheckpointText(text);
  if (checkpoint.origin !== origin) throw malformed(`is of the log ${checkpoint.origin}, not of ${origin}`);
  if (!verified.some(({ name }) => name === origin)) {
    throw new LedgerError('unsigned', `The checkpoint has no signature by the log ${origin} itself`);
  }
  return { ...checkpoint, text, verified };
}

const malformed = (problem: string): LedgerError =>
  new LedgerError('malformed-checkpoint', `The checkpoint ${problem}`);
