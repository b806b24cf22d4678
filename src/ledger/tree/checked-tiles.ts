import { LRUCache } from 'lru-cache';
import { LedgerError } from '../errors.js';
import { EMPTY_ROOT, HASH_BYTES } from '../merkle/hash.js';
import { proveConsistency, proveInclusion, rootOf, type NodeSource } from '../merkle/prove.js';
import { TILE_WIDTH, tileRoot, tileWidth } from '../merkle/tiles.js';
import { verifyConsistency, verifyInclusion } from '../merkle/verify.js';
import { SealError } from '../seal-errors.js';
import { nodesOf } from './nodes.js';

/** Eight kilobytes each. */
const TILES_KEPT = 512;
const NOTHING = Buffer.alloc(0);

/** A tree's root that was signed. */
export interface SignedRoot {
  readonly size: number;
  readonly root: Buffer;
}

type ReadTile = (level: number, index: number) => Buffer | undefined;

/**
 * The tiles of a tree that was signed, as they are given out: none that does not lead to the signed root. The file
 * that they come from is nobody's truth, and may have been altered since it was checked.
 */
export class CheckedTiles {
  /** Full tiles that were checked once are right for good, whatever is signed later. */
  private readonly checked = new LRUCache<string, Buffer>({ max: TILES_KEPT });
  private border: SignedRoot = { size: 0, root: EMPTY_ROOT };

  constructor(private readonly read: ReadTile) {}

  /**
   * The first `width` hashes of a tile; undefined where the signed tree has fewer.
   *
   * @throws SealError `tree-damaged`
   */
  tile(signed: SignedRoot, name: { level: number; index: number; width: number }): Buffer | undefined {
    const { level, index, width } = name;
    const has = tileWidth(signed.size, level, index);
    if (width < 1 || width > has) return undefined;
    const tile = has === TILE_WIDTH ? this.fullTile(signed, level, index) : this.borderTile(signed, level, index);
    return tile.subarray(0, width * HASH_BYTES);
  }

  /** @throws RangeError where the signed tree has no such leaf or size; SealError `tree-damaged` */
  inclusionProof(signed: SignedRoot, position: number, size: number): Buffer[] {
    const root = this.rootAt(signed, size);
    const nodes = this.nodes(signed.size);
    const proof = proveInclusion(nodes, position, size);
    const claim = { index: BigInt(position), size: BigInt(size), leafHash: nodes(0, position), proof, root };
    verifying(() => verifyInclusion(claim));
    return proof;
  }

  /** @throws RangeError for sizes out of order, or that the signed tree does not have; SealError `tree-damaged` */
  consistencyProof(signed: SignedRoot, oldSize: number, newSize: number): Buffer[] {
    const newRoot = this.rootAt(signed, newSize);
    return this.checkedConsistency(oldSize, { size: newSize, root: newRoot }).proof;
  }

  /** The root over the first leaves. */
  private rootAt(signed: SignedRoot, size: number): Buffer {
    if (!(Number.isSafeInteger(size) && size > 0 && size <= signed.size)) {
      throw new RangeError(`No checkpoint covers ${size} entries: the newest has ${signed.size}`);
    }
    if (size === signed.size) return signed.root;
    return this.checkedConsistency(size, signed).oldRoot;
  }

  private checkedConsistency(oldSize: number, later: SignedRoot): { proof: Buffer[]; oldRoot: Buffer } {
    const nodes = this.nodes(later.size);
    const proof = proveConsistency(nodes, oldSize, later.size);
    const oldRoot = rootOf(nodes, oldSize);
    const [from, to] = [BigInt(oldSize), BigInt(later.size)];
    verifying(() => verifyConsistency({ oldSize: from, oldRoot, newSize: to, newRoot: later.root, proof }));
    return { proof, oldRoot };
  }

  private fullTile(signed: SignedRoot, level: number, index: number): Buffer {
    const key = `${level}/${index}`;
    const known = this.checked.get(key);
    if (known) return known;
    const tile = this.read(level, index)?.subarray(0, TILE_WIDTH * HASH_BYTES) ?? NOTHING;
    const above = { level: level + 1, index: Math.floor(index / TILE_WIDTH), width: (index % TILE_WIDTH) + 1 };
    const expected = this.tile(signed, above)?.subarray(-HASH_BYTES);
    if (tile.length !== TILE_WIDTH * HASH_BYTES || !expected?.equals(tileRoot(tile))) {
      throw new SealError('tree-damaged', `tile ${key} does not lead to the root that was signed`);
    }
    this.checked.set(key, tile);
    return tile;
  }

  /** The signed root is made of all hashes of all tiles that are not full, and of no others. */
  private borderTile(signed: SignedRoot, level: number, index: number): Buffer {
    if (this.border.size !== signed.size) {
      if (!rootOf(this.nodes(signed.size), signed.size).equals(signed.root)) {
        throw new SealError(
          'tree-damaged',
          `the tiles do not lead to the root over ${signed.size} entries that was signed`,
        );
      }
      this.border = signed;
    }
    return this.read(level, index) ?? NOTHING;
  }

  private nodes(size: number): NodeSource {
    return nodesOf((level, index) => this.checked.get(`${level}/${index}`) ?? this.read(level, index), size);
  }
}

/** What the tiles say of themselves has to hold; where it does not, they are damaged. */
function verifying(verify: () => void): void {
  try {
    verify();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new SealError('tree-damaged', `the tiles do not lead to the root that was signed: ${error.message}`, {
      cause: error,
    });
  }
}
