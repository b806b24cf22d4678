import { LedgerError } from '../errors.js';
import { proveConsistency, type NodeSource } from '../merkle/prove.js';
import { verifyConsistency } from '../merkle/verify.js';
import { openCheckpoint } from '../note/checkpoint.js';
import { parseVerifierKey } from '../note/keys.js';
import { SealError } from '../seal-errors.js';
import type { Seal } from '../sealed-ledger.js';
import type { SealsReader } from '../seals/reader.js';

interface Tree {
  readonly size: number;
  readonly root: Buffer;
}

/**
 * That a checkpoint is what the log's key of its size has signed.
 *
 * @throws SealError `diverged`
 */
export function checkSigned(seals: SealsReader, origin: string, { size, root, note }: Seal): void {
  const key = seals.keys().findLast(({ fromSize }) => fromSize <= size);
  try {
    if (!key) throw new LedgerError('unsigned', 'there is no key for its size');
    const signed = openCheckpoint(note, origin, [parseVerifierKey(key.verifierKey)]);
    if (signed.size !== BigInt(size) || !signed.root.equals(root)) {
      throw new LedgerError('malformed-checkpoint', 'it is kept as another one than was signed');
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new SealError('diverged', `The checkpoint of ${size} entries does not hold: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * That a tree begins with the last one that was signed: never a smaller one, nor another.
 *
 * @param nodes of the new tree
 * @throws SealError `diverged`
 */
export function checkExtends(nodes: NodeSource, last: Tree, next: Tree): void {
  try {
    verifyConsistency({
      oldSize: BigInt(last.size),
      oldRoot: last.root,
      newSize: BigInt(next.size),
      newRoot: next.root,
      proof: next.size > last.size ? proveConsistency(nodes, last.size, next.size) : [],
    });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new SealError('diverged', `${sizesOf(last, next)}: ${error.message}`, { cause: error });
  }
}

/** For whoever has to look: both trees, each with its size and root. */
export const sizesOf = (last: Tree, next: Tree): string =>
  `the last checkpoint has ${last.size} entries and the root ${last.root.toString('base64')}, ` +
  `and the tree now ${next.size} and ${next.root.toString('base64')}`;
