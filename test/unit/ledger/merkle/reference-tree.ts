import { createHash } from 'node:crypto';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

export const leafHashOf = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry);

/** RFC 6962, 2.1, word for word and without regard to speed, over the hashes of leaves that need not be at hand. */
export class ReferenceTree {
  private readonly roots = new Map<string, Buffer>();

  /** @param nameOf - ranges of the same name have the same leaves in them, so that one calculation does for them */
  constructor(
    private readonly leaf: (index: bigint) => Buffer,
    private readonly nameOf = (from: bigint, to: bigint): string => `${from}-${to}`,
  ) {}

  /** MTH(D[from:to]). */
  root(from: bigint, to: bigint): Buffer {
    const n = to - from;
    if (n === 0n) return sha256();
    const name = this.nameOf(from, to);
    const known = this.roots.get(name);
    if (known) return known;
    const k = from + splitOf(n);
    const root = n === 1n ? this.leaf(from) : sha256(Buffer.of(1), this.root(from, k), this.root(k, to));
    this.roots.set(name, root);
    return root;
  }

  /** RFC 6962, 2.1.1: PATH(m, D[from:to]). */
  path(m: bigint, to: bigint, from = 0n): Buffer[] {
    const n = to - from;
    if (n === 1n) return [];
    const k = from + splitOf(n);
    return m < k - from
      ? [...this.path(m, k, from), this.root(k, to)]
      : [...this.path(m - (k - from), to, k), this.root(from, k)];
  }

  /** RFC 6962, 2.1.2: PROOF(m, D[n]). */
  proof(m: bigint, n: bigint): Buffer[] {
    return this.subproof(m, 0n, n, true);
  }

  private subproof(m: bigint, from: bigint, to: bigint, isWhole: boolean): Buffer[] {
    const n = to - from;
    if (m === n) return isWhole ? [] : [this.root(from, to)];
    const split = splitOf(n);
    const k = from + split;
    return m <= split
      ? [...this.subproof(m, from, k, isWhole), this.root(k, to)]
      : [...this.subproof(m - split, k, to, false), this.root(from, k)];
  }
}

/** The tree over entries that are all different. */
export const distinctTree = (): ReferenceTree =>
  new ReferenceTree((index) => leafHashOf(Buffer.from(`entry ${index}`)));

/** A tree of any size: all its leaves are the same but those at the given indexes. */
export function sparseTree(...special: readonly bigint[]): ReferenceTree {
  return new ReferenceTree(
    (index) => leafHashOf(Buffer.from(special.includes(index) ? `entry ${index}` : 'entry')),
    (from, to) => (special.some((index) => index >= from && index < to) ? `${from}-${to}` : `${to - from} alike`),
  );
}

const splits = new Map<bigint, bigint>();

/** The largest power of two that is smaller than n. */
function splitOf(n: bigint): bigint {
  const known = splits.get(n);
  if (known !== undefined) return known;
  let k = 1n;
  while (k * 2n < n) k *= 2n;
  splits.set(n, k);
  return k;
}
