import { LedgerError } from '../errors.js';
import { formatAddCheckpoint, parseTreeSize } from '../note/add-checkpoint.js';
import { parseCosignatures, type Cosignature } from '../note/cosignature.js';
import type { Verifier } from '../note/keys.js';
import { decodeText, parseNote } from '../note/signed-note.js';
import { WitnessError } from './errors.js';
import { post, type Answer } from './exchange.js';
import type { Witness } from './settings.js';

/** How far a witness's clock may be from ours. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const SIZE_TYPE = 'text/x.tlog.size';

/** A checkpoint as it is sent to witnesses. */
export interface SignedCheckpoint {
  readonly size: number;
  /** The signed note, with the log's own signature alone. */
  readonly note: string;
  /** RFC 3339. */
  readonly signedAt: string;
}

/** RFC 6962, 2.1.2, of our tree; both sizes are at most those of the newest checkpoint. */
export type ConsistencyProver = (oldSize: number, newSize: number) => Buffer[] | Promise<Buffer[]>;

export interface Request {
  readonly witness: Witness;
  readonly prove: ConsistencyProver;
  /** Size of the newest checkpoint that was signed. */
  readonly newestSize: () => number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * C2SP tlog-witness, `add-checkpoint`: asks for a cosignature, once more where the witness says that it has cosigned
 * another size than we remember.
 *
 * @param oldSize what the witness has cosigned last, 0 where nothing is known
 * @returns the line of signature, checked against the witness's key and the checkpoint
 * @throws WitnessError
 */
export async function requestCosignature(
  request: Request,
  checkpoint: SignedCheckpoint,
  oldSize: number,
): Promise<string> {
  const first = await send(request, checkpoint, oldSize);
  if (first.status !== 409) return cosignatureIn(first, request, checkpoint);
  const heldSize = conflictingSize(first, request, checkpoint, oldSize);
  const second = await send(request, checkpoint, heldSize);
  if (second.status !== 409) return cosignatureIn(second, request, checkpoint);
  const movedSize = conflictingSize(second, request, checkpoint, heldSize);
  throw new WitnessError('conflict', `says that it holds ${heldSize} entries, and when told so, ${movedSize}`);
}

async function send(request: Request, checkpoint: SignedCheckpoint, oldSize: number): Promise<Answer> {
  const { witness, prove, timeoutMs, signal } = request;
  // The specification has no proof from the empty tree: it is the beginning of any.
  const proof = oldSize === 0 ? [] : await prove(oldSize, checkpoint.size);
  const body = formatAddCheckpoint({ oldSize: BigInt(oldSize), proof, checkpoint: checkpoint.note });
  return post({ url: `${witness.url}/add-checkpoint`, body, timeoutMs, signal });
}

/**
 * The size that a 409 says the witness has cosigned, which is another than it was told.
 *
 * @throws WitnessError `tree-ahead`, `tree-forked`, `conflict` or `malformed-answer`
 */
function conflictingSize(
  { contentType, body }: Answer,
  { newestSize }: Request,
  checkpoint: SignedCheckpoint,
  oldSize: number,
): number {
  const isSameSize = oldSize === checkpoint.size;
  // A 409 for different roots has no body that the specification would know.
  if (contentType !== SIZE_TYPE && isSameSize) throw otherRoot(oldSize);
  const size = contentType === SIZE_TYPE ? sizeIn(body) : undefined;
  if (size === undefined) {
    throw new WitnessError('malformed-answer', 'answered 409 without the size that it has cosigned');
  }
  if (size > BigInt(newestSize())) {
    throw new WitnessError('tree-ahead', `has cosigned a tree of this log with ${size} entries, and none has so many`);
  }
  if (size > BigInt(checkpoint.size)) {
    throw new WitnessError('conflict', `has cosigned ${size} entries, more than the ${checkpoint.size} it was sent`);
  }
  if (size !== BigInt(oldSize)) return Number(size);
  if (isSameSize) throw otherRoot(oldSize);
  throw new WitnessError('conflict', `refuses the old size ${oldSize} and says that it is ${size}`);
}

function sizeIn(body: Buffer): bigint | undefined {
  try {
    return parseTreeSize(body.toString('latin1'));
  } catch {
    return undefined;
  }
}

const otherRoot = (size: number): WitnessError =>
  new WitnessError('tree-forked', `has cosigned another tree of this log with ${size} entries`);

function cosignatureIn(answer: Answer, { witness }: Request, checkpoint: SignedCheckpoint): string {
  if (answer.status !== 200) throw refusal(answer.status);
  const { line, time } = cosignatureOf(parseNote(checkpoint.note).text, answer.body, witness);
  const cosignedAtMs = Number(time) * 1_000;
  // Nobody can have seen the checkpoint before it was signed.
  const earliestMs = Date.parse(checkpoint.signedAt) - CLOCK_TOLERANCE_MS;
  if (cosignedAtMs < earliestMs || cosignedAtMs > Date.now() + CLOCK_TOLERANCE_MS) {
    throw new WitnessError('invalid-cosignature', `answered with a cosignature of another time: ${time} s since 1970`);
  }
  return line;
}

/** The witness's cosignature among the lines of its answer. Those by others are left alone. */
function cosignatureOf(text: string, body: Buffer, { verifier }: Witness): Cosignature {
  try {
    const [cosignature] = parseCosignatures(decodeText(body), text, [verifier]);
    return cosignature as Cosignature;
  } catch (error) {
    throw answerError(error, verifier);
  }
}

function answerError(error: unknown, verifier: Verifier): unknown {
  if (!(error instanceof LedgerError)) return error;
  switch (error.code) {
    case 'invalid-signature':
      return new WitnessError('invalid-cosignature', 'answered with a cosignature of something else', { cause: error });
    case 'unsigned':
      return new WitnessError('invalid-cosignature', `answered without a cosignature by ${verifier.text}`, {
        cause: error,
      });
    default:
      return new WitnessError('malformed-answer', 'answered with what are no lines of signature', { cause: error });
  }
}

/** What the specification means by a status that is not 200, nor 409. */
function refusal(status: number): WitnessError {
  switch (status) {
    case 400:
      return new WitnessError('refused-request', 'found no sense in the request (400)');
    case 403:
      return new WitnessError('untrusted-key', 'does not trust the key that signed the checkpoint (403)');
    case 404:
      return new WitnessError('unknown-log', 'does not know this log (404)');
    case 422:
      return new WitnessError('tree-forked', 'has cosigned a tree that this one does not begin with (422)');
    default:
      return new WitnessError('unexpected-status', `answered with the status ${status}`);
  }
}
