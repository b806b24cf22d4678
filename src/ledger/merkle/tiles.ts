import { LedgerError } from '../errors.js';
import { HASH_BYTES, hashNode } from './hash.js';
import type { NodeSource } from './prove.js';

/** C2SP tlog-tiles: a tile is so many levels of the tree, and a full one so many hashes wide. */
export const TILE_LEVELS = 8;
export const TILE_WIDTH = 256;

/** Levels from 0 to 63 are in a path; a tree of 2^63 leaves has eight of tiles. */
const LEVEL_MAX = 63;

/** `index` counts tiles of a level; `width` hashes in it, 256 in a full one. `level` is `entries` for leaves themselves. */
export interface TileName {
  readonly level: number | 'entries';
  readonly index: bigint;
  readonly width: number;
}

/** `tile/0/x001/x234/067.p/12`. */
export function tilePath({ level, index, width }: TileName): string {
  const digits = index.toString();
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  const place = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${place}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/**
 * The one tile that a path is the name of. There is one name for each tile, and nothing else is taken.
 *
 * @throws LedgerError `malformed-tile-path`
 */
export function parseTilePath(path: string): TileName {
  const [, level = '', place = '', partial] =
    /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const name: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: BigInt(place.replace(/\D/g, '') || 0),
    width,
  };
  const isLevel = level === 'entries' || Number(level) <= LEVEL_MAX;
  const isWidth = partial === undefined || width < TILE_WIDTH;
  if (level === '' || !isLevel || !isWidth || name.index >= 2n ** 64n || tilePath(name) !== path) {
    throw new LedgerError('malformed-tile-path', `Not the path of a tile: ${path.slice(0, 200)}`);
  }
  return name;
}

/** How many hashes the last tile of a level has that is not full; 0 where there is none. */
export function partialWidth(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH;
}

/** How many full tiles a level has. */
export function fullTiles(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** (level + 1));
}

/** How many hashes of a tile a tree of `size` leaves has; 0 for a tile that is not there. */
export function tileWidth(size: number, level: number, index: number): number {
  const full = fullTiles(size, level);
  if (index < full) return TILE_WIDTH;
  return index === full ? partialWidth(size, level) : 0;
}

/** The tree's nodes, computed from tiles: `readTile` answers at least the hashes that are there. */
export function nodesOfTiles(readTile: (level: number, index: number) => Uint8Array): NodeSource {
  return (height, index) => {
    const level = Math.floor(height / TILE_LEVELS);
    const hashes = 2 ** (height % TILE_LEVELS);
    const first = index * hashes;
    const tile = readTile(level, Math.floor(first / TILE_WIDTH));
    const start = (first % TILE_WIDTH) * HASH_BYTES;
    return fullRoot(tile.subarray(start, start + hashes * HASH_BYTES), hashes);
  };
}

/** The root of a full tile, which is a hash of the level above. */
export const tileRoot = (hashes: Uint8Array): Buffer => fullRoot(hashes, TILE_WIDTH);

/** The root over 2^n hashes that stand one after the other. */
function fullRoot(hashes: Uint8Array, count: number): Buffer {
  if (hashes.length !== count * HASH_BYTES) throw new RangeError('A tile has fewer hashes than the tree needs of it');
  if (count === 1) return Buffer.from(hashes);
  const half = (count / 2) * HASH_BYTES;
  return hashNode(fullRoot(hashes.subarray(0, half), count / 2), fullRoot(hashes.subarray(half), count / 2));
}
