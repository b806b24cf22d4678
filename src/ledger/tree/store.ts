import type Database from 'better-sqlite3';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { openFile, opening } from '../ledger-file.js';
import { HASH_BYTES } from '../merkle/hash.js';
import { TILE_WIDTH, tileRoot } from '../merkle/tiles.js';
import { SealError } from '../seal-errors.js';
import { goOn, type AtStep } from '../sealer/steps.js';
import { TreeReader } from './reader.js';
import { TREE_FILE } from './schema.js';

export interface TreeOptions {
  readonly at?: AtStep;
  readonly maxPageCount?: number;
  /** Begin with an empty one. What is there has turned out to be wrong, and is kept beside it for whoever has to look. */
  readonly isAnew?: boolean;
  /** Told why a file that was there is made anew. */
  readonly onReplaced?: (reason: string) => void;
}

/** The one that writes the tree's tiles. */
export class TreeStore extends TreeReader {
  private constructor(
    file: string,
    db: Database.Database,
    private readonly at: AtStep,
  ) {
    super(db, file);
  }

  /** Opens the file. One that is no tree is of no use to anybody, and is made anew. */
  static openOrMake(file: string, { at = goOn, maxPageCount, isAnew, onReplaced }: TreeOptions = {}): TreeStore {
    at('open-tree');
    if (isAnew) setAside(file, onReplaced);
    const db = opened(file, onReplaced);
    if (maxPageCount !== undefined) db.pragma(`max_page_count = ${maxPageCount}`);
    return new TreeStore(file, db, at);
  }

  /** Adds leaf hashes from an index on, in one transaction; what was there from it on is replaced. */
  write(from: number, leafHashes: readonly Buffer[]): void {
    this.writing(() => {
      this.at('write-tiles');
      let level = 0;
      let start = from;
      let hashes = leafHashes;
      while (hashes.length > 0) {
        hashes = this.extendLevel(level, start, hashes);
        start = Math.floor(start / TILE_WIDTH);
        level += 1;
      }
      this.at('commit-tiles');
    });
  }

  /** Takes away all that a tree of this size does not have. */
  truncate(size: number): void {
    if (this.size() === size) return;
    this.writing(() => {
      this.at('truncate-tree');
      const levels = this.db.prepare('SELECT DISTINCT level FROM tiles').pluck().all() as number[];
      for (const level of levels) this.truncateLevel(level, Math.floor(size / TILE_WIDTH ** level));
    });
  }

  /** @returns the roots of those tiles that are full now: the hashes of the next level */
  private extendLevel(level: number, start: number, hashes: readonly Buffer[]): Buffer[] {
    const offset = start % TILE_WIDTH;
    const first = Math.floor(start / TILE_WIDTH);
    const before = offset === 0 ? Buffer.alloc(0) : this.tile(level, first)?.subarray(0, offset * HASH_BYTES);
    if (before?.length !== offset * HASH_BYTES) {
      throw new SealError('tree-damaged', `${this.file} lacks hashes of level ${level} before ${start}`);
    }
    const all = Buffer.concat([before, ...hashes]);
    const put = this.db.prepare('INSERT OR REPLACE INTO tiles (level, idx, hashes) VALUES (?, ?, ?)');
    const roots: Buffer[] = [];
    for (let at = 0, index = first; at < all.length; at += TILE_WIDTH * HASH_BYTES, index += 1) {
      const tile = all.subarray(at, at + TILE_WIDTH * HASH_BYTES);
      put.run(level, index, tile);
      if (tile.length === TILE_WIDTH * HASH_BYTES) roots.push(tileRoot(tile));
    }
    return roots;
  }

  private truncateLevel(level: number, hashes: number): void {
    const index = Math.floor(hashes / TILE_WIDTH);
    const bytes = (hashes % TILE_WIDTH) * HASH_BYTES;
    this.db.prepare('DELETE FROM tiles WHERE level = ? AND idx >= ?').run(level, index + (bytes > 0 ? 1 : 0));
    if (bytes === 0) return;
    this.db
      .prepare('UPDATE tiles SET hashes = substr(hashes, 1, ?) WHERE level = ? AND idx = ?')
      .run(bytes, level, index);
  }

  private writing(write: () => void): void {
    opening(this.file, TREE_FILE, () => this.db.transaction(write).immediate());
  }
}

function opened(file: string, onReplaced?: (reason: string) => void): Database.Database {
  const wasThere = existsSync(file);
  try {
    return openFile(file, TREE_FILE);
  } catch (error) {
    if (!wasThere || !(error instanceof SealError) || error.code !== 'tree-damaged') throw error;
    onReplaced?.(error.message);
    setAside(file, onReplaced);
    return openFile(file, TREE_FILE);
  }
}

/** The first one stays, until somebody takes it away: those after it were made from what may be wrong as well. */
function setAside(file: string, onReplaced?: (reason: string) => void): void {
  const aside = `${file}.altered`;
  const isKept = existsSync(file) && !existsSync(aside);
  // The file itself last: after a crash in between, it is an earlier tree and nothing else.
  for (const suffix of ['-wal', '-shm', '']) {
    if (!isKept) rmSync(`${file}${suffix}`, { force: true });
    else if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`);
  }
  if (isKept) onReplaced?.(`the one before is kept as ${aside}`);
}
