import { setImmediate } from 'node:timers/promises';
import { HASH_BYTES } from '../merkle/hash.js';
import { fullTiles, partialWidth, TILE_WIDTH, tileRoot } from '../merkle/tiles.js';
import { SealError } from '../seal-errors.js';
import type { TreeReader } from './reader.js';

/** Tiles that are looked at before others have their turn. */
const TILES_A_TURN = 100;

/**
 * Checks that the tree has exactly the tiles that its size makes, and each full tile's root in the level above.
 *
 * @throws SealError `tree-damaged`
 */
export async function checkTree(tree: TreeReader): Promise<void> {
  const size = tree.size();
  for (let level = 0; fullTiles(size, level) + partialWidth(size, level) > 0; level += 1) {
    const full = fullTiles(size, level);
    const partial = partialWidth(size, level);
    const { tiles, hashes } = tree.extent(level);
    if (tiles !== full + (partial > 0 ? 1 : 0) || hashes !== full * TILE_WIDTH + partial) {
      throw new SealError('tree-damaged', `level ${level} of the tree has ${hashes} hashes in ${tiles} tiles`);
    }
    for (let from = 0; from < full; from += TILES_A_TURN) {
      checkFullTiles(tree, level, from, Math.min(full, from + TILES_A_TURN));
      await setImmediate();
    }
  }
}

/** Checks tiles that are full, from one up to before another, against the level above. */
function checkFullTiles(tree: TreeReader, level: number, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    const tile = tree.tile(level, index);
    const parent = tree.tile(level + 1, Math.floor(index / TILE_WIDTH));
    const at = (index % TILE_WIDTH) * HASH_BYTES;
    if (
      tile?.length !== TILE_WIDTH * HASH_BYTES ||
      !tileRoot(tile).equals(parent?.subarray(at, at + HASH_BYTES) ?? Buffer.alloc(0))
    ) {
      throw new SealError(
        'tree-damaged',
        `tile ${index} of level ${level} of the tree is not what the level above has`,
      );
    }
  }
}

/**
 * Reads back leaf hashes that were written from an index on, and checks all tiles that became full with them.
 *
 * @throws SealError `tree-damaged`
 */
export function checkWritten(tree: TreeReader, from: number, hashes: readonly Buffer[]): void {
  const to = from + hashes.length;
  const first = Math.floor(from / TILE_WIDTH);
  const tiles = Array.from({ length: Math.ceil(to / TILE_WIDTH) - first }, (_, index) => tree.tile(0, first + index));
  const found = Buffer.concat(tiles.map((tile) => tile ?? Buffer.alloc(0))).subarray((from % TILE_WIDTH) * HASH_BYTES);
  if (!found.equals(Buffer.concat(hashes))) {
    throw new SealError('tree-damaged', `the tree's leaves from ${from} to ${to - 1} are not those that were written`);
  }
  for (let level = 0; fullTiles(to, level) > fullTiles(from, level); level += 1) {
    checkFullTiles(tree, level, fullTiles(from, level), fullTiles(to, level));
  }
}
