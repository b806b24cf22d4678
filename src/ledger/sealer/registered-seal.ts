import { LedgerError } from '../errors.js';
import { parseCheckpointText } from '../note/checkpoint.js';
import { parseNote } from '../note/signed-note.js';
import { SealError } from '../seal-errors.js';
import type { Seal } from '../sealed-ledger.js';
import type { SealsReader } from '../seals/reader.js';
import type { SignedNote } from '../seals/rows.js';
import { checkSigned } from './check-seals.js';

/**
 * A checkpoint of the register, seen to be signed by the log's key of its size, and by nobody besides.
 *
 * @throws SealError `diverged`
 */
export function sealOf(seals: SealsReader, origin: string, { note, signedAt }: SignedNote): Seal {
  const { size, root } = checkpointOf(note);
  if (size > Number.MAX_SAFE_INTEGER) throw refused(`it is of ${size} entries`);
  const seal: Seal = { size: Number(size), root, note, signedAt };
  checkSigned(seals, origin, seal);
  return seal;
}

function checkpointOf(note: string): { size: bigint; root: Buffer } {
  try {
    const { text, signatures } = parseNote(note);
    if (signatures.length !== 1) throw new LedgerError('malformed-note', 'It has signatures besides the log’s own');
    return parseCheckpointText(text);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw refused(error.message, error);
  }
}

const refused = (what: string, cause?: unknown): SealError =>
  new SealError('diverged', `The register of seals has a checkpoint that is none: ${what}`, { cause });
