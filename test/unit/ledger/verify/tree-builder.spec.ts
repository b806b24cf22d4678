import { describe, expect, it } from '@jest/globals';
import { CompactRange } from '../../../../src/ledger/merkle/compact-range.js';
import { hashLeaf } from '../../../../src/ledger/merkle/hash.js';
import { tileRoot, tileWidth } from '../../../../src/ledger/merkle/tiles.js';
import { TreeBuilder } from '../../../../src/ledger/verify/tree-builder.js';

const LEAVES = Array.from({ length: 70_000 }, (_, index) => hashLeaf(String(index)));

describe('the tree that is built to verify', () => {
  it('has the root of every size that the other way to build it gives', () => {
    const [builder, range] = [new TreeBuilder(() => undefined), new CompactRange()];
    expect(builder.root()).toEqual(range.root());
    for (const leaf of LEAVES.slice(0, 1_100)) {
      builder.add(leaf);
      range.add(leaf);
      expect(builder.root()).toEqual(range.root());
    }
  });

  it('tells of every hash of every tile, in order', () => {
    const levels: Buffer[][] = [];
    const builder = new TreeBuilder((level, index, hash) => {
      levels[level] ??= [];
      expect(levels[level]).toHaveLength(index);
      levels[level].push(hash);
    });
    for (const leaf of LEAVES) builder.add(leaf);
    expect(levels.map(({ length }) => length)).toEqual([70_000, 273, 1]);
    const tile = (level: number, index: number): Buffer =>
      Buffer.concat((levels[level] ?? []).slice(256 * index, 256 * index + tileWidth(70_000, level, index)));
    expect(levels[1]?.every((hash, index) => hash.equals(tileRoot(tile(0, index))))).toBe(true);
    expect(levels[2]?.[0]).toEqual(tileRoot(tile(1, 0)));
  });

  it('goes on by itself once it is forked', () => {
    const builder = new TreeBuilder(() => undefined);
    for (const leaf of LEAVES.slice(0, 5)) builder.add(leaf);
    const fork = builder.fork(() => undefined);
    fork.add(hashLeaf('another'));
    expect([builder.size, fork.size]).toEqual([5, 6]);
    builder.add(hashLeaf('another'));
    expect(fork.root()).toEqual(builder.root());
  });
});
