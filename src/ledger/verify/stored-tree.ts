import { HASH_BYTES } from '../merkle/hash.js';
import { TILE_WIDTH, fullTiles, partialWidth, tileWidth } from '../merkle/tiles.js';
import type { Findings } from './findings.js';
import type { TreeAudit } from './ports.js';

/** The hashes of `tree.db`, read tile by tile as the tree grows; of a ledger without that file it has none. */
export class StoredTree {
  /** Leaves that the tree has, by the tiles of its lowest level. */
  readonly size: number;
  private readonly current: { index: number; hashes: Buffer | undefined }[] = [];

  constructor(
    private readonly tree: TreeAudit | undefined,
    private readonly findings: Findings,
  ) {
    this.size = tree ? sizeOf(tree) : 0;
  }

  /** Undefined beyond the tree's end, and where its tile is missing or too short. */
  leaf(position: number): Buffer | undefined {
    return position < this.size ? this.hashAt(0, position) : undefined;
  }

  /** Compares a hash above the leaves with what they make of it. */
  check(level: number, index: number, hash: Buffer): void {
    if (level === 0 || !this.tree) return;
    const stored = this.hashAt(level, index);
    if (!stored || stored.equals(hash)) return;
    const what = `hash ${index % TILE_WIDTH} of tile ${level}/${Math.floor(index / TILE_WIDTH)} is not that of the hashes below it`;
    this.findings.add('tree', 'altered-tree', what);
  }

  /** Which tiles there are, and how many hashes in each: those of a tree of its size, no fewer and no more. */
  checkRows(): number {
    let tiles = 0;
    const seen = new Map<number, number>();
    for (const { level, index, bytes } of this.tree?.rows() ?? []) {
      tiles += 1;
      const width = level >= 0 && index >= 0 ? tileWidth(this.size, level, index) : 0;
      if (width > 0) seen.set(level, (seen.get(level) ?? 0) + 1);
      const name = `tile ${level}/${index}`;
      if (width === 0) this.wrong(`${name} is of no tree of ${this.size} leaves`);
      else if (bytes !== width * HASH_BYTES) {
        this.wrong(`${name} has ${bytes} bytes, and a tree of ${this.size} leaves has ${width} hashes there`);
      }
    }
    for (let level = 0; this.size >= TILE_WIDTH ** level; level++) {
      const expected = fullTiles(this.size, level) + (partialWidth(this.size, level) > 0 ? 1 : 0);
      const lost = expected - (seen.get(level) ?? 0);
      if (lost > 0) this.wrong(`${lost} of ${expected} tiles of level ${level} ${lost === 1 ? 'is' : 'are'} missing`);
    }
    return tiles;
  }

  private hashAt(level: number, index: number): Buffer | undefined {
    const tileIndex = Math.floor(index / TILE_WIDTH);
    let tile = this.current[level];
    if (tile?.index !== tileIndex) {
      tile = { index: tileIndex, hashes: this.tree?.tile(level, tileIndex) };
      this.current[level] = tile;
    }
    const start = (index % TILE_WIDTH) * HASH_BYTES;
    const { hashes } = tile;
    return hashes && hashes.length >= start + HASH_BYTES ? hashes.subarray(start, start + HASH_BYTES) : undefined;
  }

  private wrong(what: string): void {
    this.findings.add('tree', 'altered-tree', what);
  }
}

function sizeOf(tree: TreeAudit): number {
  let size = 0;
  for (const { level, index, bytes } of tree.rows()) {
    if (level !== 0) continue;
    const end = index * TILE_WIDTH + Math.min(TILE_WIDTH, Math.floor(bytes / HASH_BYTES));
    if (Number.isSafeInteger(end)) size = Math.max(size, end);
  }
  return size;
}
