import type Database from 'better-sqlite3';
import { openToRead, opening } from '../ledger-file.js';
import { HASH_BYTES } from '../merkle/hash.js';
import { TILE_WIDTH } from '../merkle/tiles.js';
import { TREE_FILE } from './schema.js';

interface LastTile {
  readonly idx: number;
  readonly bytes: number;
}

/** Reads the tree's tiles, beside the one that writes them. */
export class TreeReader {
  private readonly statements: ReturnType<typeof prepare>;

  constructor(
    protected readonly db: Database.Database,
    protected readonly file: string,
  ) {
    this.statements = prepare(db);
  }

  /** @throws SealError */
  static open(file: string): TreeReader {
    return new TreeReader(openToRead(file, TREE_FILE), file);
  }

  /** How many leaves there are. */
  size(): number {
    const last = this.reading(() => this.statements.last.get(0) as LastTile | undefined);
    return last ? last.idx * TILE_WIDTH + last.bytes / HASH_BYTES : 0;
  }

  /** All hashes that a tile has so far, one after the other; undefined where it has none. */
  tile(level: number, index: number): Buffer | undefined {
    return this.reading(() => this.statements.tile.get(level, index) as Buffer | undefined);
  }

  /** How many tiles a level has, and how many hashes in all. */
  extent(level: number): { tiles: number; hashes: number } {
    return this.reading(() => this.statements.extent.get(level) as { tiles: number; hashes: number });
  }

  close(): void {
    this.db.close();
  }

  protected reading<Result>(read: () => Result): Result {
    return opening(this.file, TREE_FILE, read);
  }
}

function prepare(db: Database.Database) {
  return {
    last: db.prepare('SELECT idx, length(hashes) AS bytes FROM tiles WHERE level = ? ORDER BY idx DESC LIMIT 1'),
    tile: db.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?').pluck(),
    extent: db.prepare(
      `SELECT count(*) AS tiles, ifnull(sum(length(hashes)), 0) / ${HASH_BYTES} AS hashes FROM tiles WHERE level = ?`,
    ),
  };
}
