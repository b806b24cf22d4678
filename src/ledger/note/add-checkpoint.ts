import { LedgerError, part } from '../errors.js';
import { HASH_BYTES } from '../merkle/hash.js';
import { decodeBase64 } from './base64.js';
import { parseCheckpointText } from './checkpoint.js';
import { parseDecimal } from './decimal.js';
import { decodeText, parseNote } from './signed-note.js';

/** C2SP tlog-witness: "The client MUST NOT send more than 63 consistency proof lines." */
const PROOF_LINES_MAX = 63;

/** C2SP tlog-witness, "add-checkpoint": what a witness is asked to sign, and why it may. */
export interface AddCheckpoint {
  /** Size of the checkpoint that the witness signed last; 0 for none. */
  readonly oldSize: bigint;
  /** That the new tree begins with the old one; empty where the old size is 0. */
  readonly proof: readonly Buffer[];
  /** The signed checkpoint, as a note. */
  readonly checkpoint: string;
}

/** The body of `POST …/add-checkpoint`. */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  if (proof.length > PROOF_LINES_MAX) throw new RangeError(`A proof of ${proof.length} hashes is too long to be sent`);
  const lines = [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64'))];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/**
 * The form of a request, the checkpoint's included. Whether its size, its proof and its signatures are right has answers
 * of their own in the protocol, so none of them is checked.
 *
 * @throws LedgerError `malformed-request`
 */
export function parseAddCheckpoint(body: string | Uint8Array): AddCheckpoint {
  const text = part(
    () => decodeText(body),
    (options) => malformed('is no text', options),
  );
  // No line of the proof is empty, so the first blank line is the end of it.
  const end = text.indexOf('\n\n');
  if (end < 0) throw malformed('has no blank line before the checkpoint');
  const [old = '', ...lines] = text.slice(0, end).split('\n');
  const oldSize = old.startsWith('old ') ? parseDecimal(old.slice('old '.length)) : undefined;
  if (oldSize === undefined) throw malformed('does not begin with the old size');
  if (lines.length > PROOF_LINES_MAX) throw malformed(`has more than ${PROOF_LINES_MAX} lines of proof`);
  const checkpoint = text.slice(end + 2);
  part(
    () => parseCheckpointText(parseNote(checkpoint).text),
    (options) => malformed('has a malformed checkpoint', options),
  );
  return { oldSize, proof: lines.map(parseHash), checkpoint };
}

/** What a witness answers with 409 when the old size is another one, as `text/x.tlog.size`. */
export const formatTreeSize = (size: bigint): string => `${size}\n`;

/** @throws LedgerError `malformed-cosignature`, for what it is an answer in the place of */
export function parseTreeSize(text: string): bigint {
  const size = text.endsWith('\n') ? parseDecimal(text.slice(0, -1)) : undefined;
  if (size === undefined) {
    throw new LedgerError('malformed-cosignature', "The witness's answer is no size of a tree");
  }
  return size;
}

function parseHash(line: string): Buffer {
  const hash = decodeBase64(line);
  if (hash?.length !== HASH_BYTES) throw malformed('has a line of proof that is no SHA-256 in base64');
  return hash;
}

const malformed = (problem: string, options?: ErrorOptions): LedgerError =>
  new LedgerError('malformed-request', `The request ${problem}`, options);
