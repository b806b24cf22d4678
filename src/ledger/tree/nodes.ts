import { HASH_BYTES } from '../merkle/hash.js';
import type { NodeSource } from '../merkle/prove.js';
import { nodesOfTiles, tileWidth } from '../merkle/tiles.js';
import { SealError } from '../seal-errors.js';

/**
 * The nodes of the tree of `size` leaves, from where its tiles are kept.
 *
 * @returns a source that throws SealError `tree-damaged` for a tile that lacks what a tree of this size has of it
 */
export function nodesOf(readTile: (level: number, index: number) => Buffer | undefined, size: number): NodeSource {
  return nodesOfTiles((level, index) => {
    const tile = readTile(level, index);
    const bytes = tileWidth(size, level, index) * HASH_BYTES;
    if (tile && tile.length >= bytes) return tile;
    throw new SealError('tree-damaged', `tile ${index} of level ${level} of the tree lacks hashes`);
  });
}
