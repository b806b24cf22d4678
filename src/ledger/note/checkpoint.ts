import { LedgerError } from '../errors.js';
import { HASH_BYTES } from '../merkle/hash.js';
import { decodeBase64 } from './base64.js';
import { parseDecimal } from './decimal.js';
import type { Signer, Verifier } from './keys.js';
import { openNote, signNote, type NoteSignature } from './signed-note.js';

/** C2SP tlog-checkpoint: which log, how many leaves, and the root over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Buffer;
}

export interface OpenedCheckpoint extends Checkpoint {
  /** The text that was signed. */
  readonly text: string;
  /** Signatures by keys that are trusted. */
  readonly verified: readonly NoteSignature[];
}

/** The text that is signed. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

export const signCheckpoint = (checkpoint: Checkpoint, signers: readonly Signer[]): string =>
  signNote(checkpointText(checkpoint), signers);

/**
 * Three lines and none more: extension lines are allowed by the specification, recommended against, and none of ours.
 *
 * @throws LedgerError `malformed-checkpoint`
 */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', end, ...more] = text.split('\n');
  const size = parseDecimal(sizeText);
  const root = decodeBase64(rootText);
  if (end !== '' || more.length > 0) throw malformed('is not of three lines');
  if (origin === '') throw malformed('has no origin');
  if (size === undefined) throw malformed('has a size that is no number of 64 bits');
  if (root?.length !== HASH_BYTES) throw malformed('has a root that is no SHA-256');
  return { origin, size, root };
}

/**
 * A checkpoint of the log `origin`, signed by a key that is trusted and carries the log's name.
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
  return { ...checkpoint, text, verified };
}

const malformed = (problem: string): LedgerError =>
  new LedgerError('malformed-checkpoint', `The checkpoint ${problem}`);
