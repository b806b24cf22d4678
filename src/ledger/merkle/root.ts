import { createHash } from 'node:crypto';

/** RFC 6962, 2.1. */
const NODE_PREFIX = Buffer.of(1);

interface Peak {
  readonly height: number;
  readonly hash: Buffer;
}

/** The root of the RFC 6962 tree over leaf hashes that come one after the other; keeps one hash a level. */
export class RootHasher {
  /** Roots of the full trees that the leaves make, the largest first. */
  private readonly peaks: Peak[] = [];

  add(leafHash: Buffer): void {
    let peak: Peak = { height: 0, hash: leafHash };
    for (let left = this.peaks.at(-1); left?.height === peak.height; left = this.peaks.at(-1)) {
      this.peaks.pop();
      peak = { height: peak.height + 1, hash: nodeHash(left.hash, peak.hash) };
    }
    this.peaks.push(peak);
  }

  root(): Buffer {
    const [last, ...others] = this.peaks.map(({ hash }) => hash).reverse();
    return last ? others.reduce((right, left) => nodeHash(left, right), last) : createHash('sha256').digest();
  }
}

const nodeHash = (left: Buffer, right: Buffer): Buffer =>
  createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest();
