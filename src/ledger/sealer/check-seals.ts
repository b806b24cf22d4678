import { LedgerError } from '../errors.js';
import { proveConsistency, type NodeSource } from '../merkle/prove.js';
import { verifyConsistency } from '../merkle/verify.js';
import { openCheckpoint } from '../note/checkpoint.js';
import { parseVerifierKey } from '../note/keys.js';
import { openNote } from '../note/signed-note.js';
import { SealError } from '../seal-errors.js';
import type { LogKey, Seal } from '../sealed-ledger.js';
import type { SealsReader } from '../seals/reader.js';
import { rotationText } from './rotation.js';

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
 * That a key follows the one that signs now, and both of them say so.
 *
 * @throws SealError `diverged`
 */
export function checkSucceeds(seals: SealsReader, origin: string, key: LogKey): void {
  const { number, verifierKey, fromSize, statement = '' } = key;
  const before = seals.keys().at(-1);
  const next = (seals.last()?.size ?? 0) + 1;
  try {
    if (!before || number !== before.number + 1 || fromSize !== next) {
      throw new LedgerError('malformed-key', `it is number ${number} from size ${fromSize} on, and not the next`);
    }
    const both = [before.verifierKey, verifierKey].map((text) => parseVerifierKey(text));
    const { text, verified } = openNote(statement, both);
    if (both[1]?.name !== origin || verified.length < 2 || text !== rotationText(origin, fromSize, verifierKey)) {
      throw new LedgerError('unsigned', 'its statement is another one, or not signed by both keys');
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new SealError('diverged', `The key ${verifierKey} does not follow the log's key: ${error.message}`, {
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
