import type { RecordedEvent } from '../event-store/port.js';
import { LedgerError } from './errors.js';
import { leafText } from './leaf.js';
import { HASH_BYTES, hashLeaf } from './merkle/hash.js';
import { rootOf } from './merkle/prove.js';
import { TILE_WIDTH, tileWidth } from './merkle/tiles.js';
import { formatTlogProof } from './note/tlog-proof.js';
import type { Seal, SealedLedger } from './sealed-ledger.js';
import { nodesOf } from './tree/nodes.js';

/**
 * The root of the tree as it was at a size that the newest seal covers.
 *
 * @throws RangeError for a size that it does not cover, or without a seal
 */
export function rootAt(ledger: SealedLedger, size: number): Buffer {
  const newest = ledger.newest();
  if (newest?.size === size) return newest.root;
  if (!(size > 0) || size > (newest?.size ?? 0)) throw new RangeError(`No seal covers ${size} entries`);
  const nodes = nodesOf((level, index) => ledger.tile(level, index, tileWidth(size, level, index)), size);
  return rootOf(nodes, size);
}

/** The leaf hash that is sealed for a position. @throws RangeError where no seal covers it */
export function leafHashAt(ledger: SealedLedger, position: number): Buffer {
  const tile = ledger.tile(0, Math.floor(position / TILE_WIDTH), (position % TILE_WIDTH) + 1);
  if (!tile) throw new RangeError(`No seal covers position ${position}`);
  return Buffer.from(tile.subarray(-HASH_BYTES));
}

/**
 * The leaf of a stored event, held against the one that is sealed for its position: nothing is proven of an event that
 * was changed since.
 *
 * @throws LedgerError `altered` when it is another one; RangeError where no seal covers its position
 */
export function sealedLeaf(ledger: SealedLedger, event: RecordedEvent): string {
  const leaf = leafText(event);
  if (hashLeaf(leaf).equals(leafHashAt(ledger, event.position))) return leaf;
  throw new LedgerError('altered', `The stored event at position ${event.position} is not the one that was sealed`);
}

/**
 * C2SP tlog-proof of an event under a seal. Its extra data is the leaf itself, so that who holds it can hold the event
 * against it: SHA-256(0x00 ‖ extra) is the leaf hash that the proof is of.
 *
 * @throws as {@link sealedLeaf}
 */
export function receiptOf(ledger: SealedLedger, seal: Seal, event: RecordedEvent): string {
  const leaf = sealedLeaf(ledger, event);
  const { position } = event;
  const hashes = ledger.inclusionProof(position, seal.size);
  return formatTlogProof({ extra: Buffer.from(leaf), index: BigInt(position), hashes, checkpoint: seal.note });
}
