import { EMPTY_ROOT, hashNode } from './hash.js';

interface Peak {
  readonly height: number;
  readonly hash: Buffer;
}

/**
 * The RFC 6962 tree over leaf hashes that come one after the other, reduced to what later leaves need: the roots of
 * the full subtrees that its leaves make, one a set bit of its size.
 */
export class CompactRange {
  private readonly peaks: Peak[] = [];
  private leaves = 0;

  /** How many leaves there are. */
  get size(): number {
    return this.leaves;
  }

  /** The tree of `size` leaves from the roots of its full subtrees, the largest first. */
  static from(size: number, hashes: readonly Buffer[]): CompactRange {
    const range = new CompactRange();
    const heights = peakHeights(size);
    if (heights.length !== hashes.length) {
      throw new RangeError(`A tree of ${size} leaves has ${heights.length} full subtrees, not ${hashes.length}`);
    }
    heights.forEach((height, index) => range.peaks.push({ height, hash: hashes[index] as Buffer }));
    range.leaves = size;
    return range;
  }

  add(leafHash: Buffer): void {
    let peak: Peak = { height: 0, hash: leafHash };
    for (let left = this.peaks.at(-1); left?.height === peak.height; left = this.peaks.at(-1)) {
      this.peaks.pop();
      peak = { height: peak.height + 1, hash: hashNode(left.hash, peak.hash) };
    }
    this.peaks.push(peak);
    this.leaves += 1;
  }

  root(): Buffer {
    const [last, ...others] = this.peaks.map(({ hash }) => hash).reverse();
    return last ? others.reduce((right, left) => hashNode(left, right), last) : EMPTY_ROOT;
  }
}

/** Heights of the full subtrees of a tree, the largest first: the set bits of its size. */
export function peakHeights(size: number): number[] {
  const heights: number[] = [];
  let rest = size;
  while (rest > 0) {
    const height = Math.floor(Math.log2(rest));
    // log2 of a number just below a large power of two is rounded up to it.
    const exact = 2 ** height > rest ? height - 1 : height;
    heights.push(exact);
    rest -= 2 ** exact;
  }
  return heights;
}
