import { peakHeights } from './compact-range.js';
import { hashNode } from './hash.js';

/** Root of the full subtree of 2^height leaves that is the `index`th of its height. Only of those that are full. */
export type NodeSource = (height: number, index: number) => Buffer;

/**
 * RFC 6962, 2.1.1: the hashes that lead from a leaf to the root of the tree of `size` leaves, the lowest first.
 *
 * @throws RangeError for an index that is not in the tree
 */
export function proveInclusion(nodes: NodeSource, index: number, size: number): Buffer[] {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size))
    throw new RangeError(`Leaf ${index} is not in a tree of ${size} leaves`);
  return siblings(index, size).map(({ from, to }) => rangeRoot(nodes, from, to));
}

/**
 * RFC 6962, 2.1.2: the hashes that lead from the root of the tree of `oldSize` leaves to that of `newSize`.
 *
 * @throws RangeError for sizes that are out of order, or an old tree without leaves: it is the beginning of any
 */
export function proveConsistency(nodes: NodeSource, oldSize: number, newSize: number): Buffer[] {
  if (!(Number.isSafeInteger(oldSize) && Number.isSafeInteger(newSize) && oldSize > 0 && oldSize <= newSize)) {
    throw new RangeError(`A tree of ${oldSize} leaves is not proven to be the beginning of one of ${newSize}`);
  }
  return splits(oldSize, newSize).map(({ from, to }) => rangeRoot(nodes, from, to));
}

/** Roots of the full subtrees that a tree consists of, the largest first: what a `CompactRange` goes on from. */
export function peaks(nodes: NodeSource, size: number): Buffer[] {
  let from = 0;
  return peakHeights(size).map((height) => {
    const hash = nodes(height, from / 2 ** height);
    from += 2 ** height;
    return hash;
  });
}

/** The root of the tree of `size` leaves; at least one. */
export const rootOf = (nodes: NodeSource, size: number): Buffer => rangeRoot(nodes, 0, size);

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Ranges of leaves beside the way from a leaf up to the root. */
function siblings(index: number, size: number): Range[] {
  const path: Range[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  return path.reverse();
}

/** RFC 6962, 2.1.2, SUBPROOF as a loop. */
function splits(oldSize: number, newSize: number): Range[] {
  const path: Range[] = [];
  let [from, to] = [0, newSize];
  while (to !== oldSize) {
    const middle = from + splitOf(to - from);
    if (oldSize <= middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  // The old tree's own root is known to whoever asks; a part of it is not.
  if (from > 0) path.push({ from, to });
  return path.reverse();
}

/** The root over a range that the tree has as a node, which need not be full. */
function rangeRoot(nodes: NodeSource, from: number, to: number): Buffer {
  let start = from;
  const parts = peakHeights(to - from).map((height) => {
    const hash = nodes(height, start / 2 ** height);
    start += 2 ** height;
    return hash;
  });
  return parts.reduceRight((right, left) => hashNode(left, right));
}

/** RFC 6962, 2.1: the largest power of two that is smaller than `leaves`. */
function splitOf(leaves: number): number {
  const [highest = 0, ...others] = peakHeights(leaves);
  return others.length > 0 ? 2 ** highest : 2 ** (highest - 1);
}
