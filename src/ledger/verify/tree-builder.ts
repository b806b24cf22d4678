import { EMPTY_ROOT, hashNode } from '../merkle/hash.js';
import { TILE_LEVELS } from '../merkle/tiles.js';

/** Is told of each hash that stands in a tile: the `index`th of a level, 0-based. */
type OnHash = (level: number, index: number, hash: Buffer) => void;

/** The RFC 6962 tree over leaves that come one after the other, with every hash that a tile of it has. */
export class TreeBuilder {
  private leaves = 0;

  /** By height: the root of a full subtree that waits for the one to its right. */
  constructor(
    private readonly onHash: OnHash,
    private readonly waiting: (Buffer | undefined)[] = [],
  ) {}

  get size(): number {
    return this.leaves;
  }

  add(leafHash: Buffer): void {
    let [node, index] = [leafHash, this.leaves];
    this.leaves += 1;
    for (let height = 0; ; height++) {
      if (height % TILE_LEVELS === 0) this.onHash(height / TILE_LEVELS, index, node);
      const left = this.waiting[height];
      if (!left) {
        this.waiting[height] = node;
        return;
      }
      this.waiting[height] = undefined;
      node = hashNode(left, node);
      index = Math.floor(index / 2);
    }
  }

  root(): Buffer {
    const peaks = this.waiting.filter((peak) => peak !== undefined);
    return peaks.length === 0 ? EMPTY_ROOT : peaks.reduce((right, left) => hashNode(left, right));
  }

  /** One that goes on from here by itself. */
  fork(onHash: OnHash): TreeBuilder {
    const fork = new TreeBuilder(onHash, [...this.waiting]);
    fork.leaves = this.leaves;
    return fork;
  }
}
