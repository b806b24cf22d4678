import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactRange, peakHeights } from '../../../../src/ledger/merkle/compact-range.js';
import { EMPTY_ROOT, hashLeaf, hashNode } from '../../../../src/ledger/merkle/hash.js';
import { peaks, rootOf, type NodeSource } from '../../../../src/ledger/merkle/prove.js';
import { anyText } from '../any-text.js';
import { distinctTree, leafHashOf, sparseTree, type ReferenceTree } from './reference-tree.js';

const SIZE_MAX = 2_000;

/** The tree's full subtrees, and only those: another one is an error. */
const nodesOf = (tree: ReferenceTree, size: number): NodeSource => {
  return (height, index) => {
    if ((index + 1) * 2 ** height > size) throw new Error(`Node ${index} at ${height} is not full in ${size}`);
    return tree.root(BigInt(index) * 2n ** BigInt(height), BigInt(index + 1) * 2n ** BigInt(height));
  };
};

describe('the hash of a leaf', () => {
  it('is the same of a text and of its bytes, whatever the text', () =>
    fc.assert(
      fc.property(anyText(), (entry) => {
        expect(hashLeaf(entry)).toEqual(leafHashOf(Buffer.from(entry)));
        expect(hashLeaf(Buffer.from(entry))).toEqual(leafHashOf(Buffer.from(entry)));
      }),
    ));

  it('stays what it was when the next is hashed', () => {
    const first = hashNode(hashLeaf('a'), hashLeaf('b'));
    const copy = Buffer.from(first);
    expect(hashNode(hashLeaf('c'), hashLeaf('d'))).not.toEqual(copy);
    expect(first).toEqual(copy);
  });
});

describe('the root of the tree', () => {
  it('without leaves is the hash of nothing', () => {
    expect(new CompactRange().root()).toEqual(distinctTree().root(0n, 0n));
    expect(CompactRange.from(0, []).root()).toEqual(EMPTY_ROOT);
  });

  it(`is that of the definition for every size to ${SIZE_MAX}: leaf by leaf, from the peaks, and from the nodes`, () => {
    const tree = distinctTree();
    const range = new CompactRange();
    for (let size = 1; size <= SIZE_MAX; size++) {
      range.add(tree.root(BigInt(size - 1), BigInt(size)));
      const expected = tree.root(0n, BigInt(size)).toString('hex');
      const nodes = nodesOf(tree, size);
      const resumed = CompactRange.from(size, peaks(nodes, size));
      expect([range.size, resumed.size]).toEqual([size, size]);
      for (const root of [range.root(), resumed.root(), rootOf(nodes, size)]) {
        expect(root.toString('hex')).toBe(expected);
      }
    }
  });

  it('goes on from any size to any other', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SIZE_MAX }), fc.integer({ min: 0, max: 300 }), (size, more) => {
        const tree = sparseTree(BigInt(size));
        const range = CompactRange.from(size, peaks(nodesOf(tree, size), size));
        for (let index = size; index < size + more; index++) range.add(tree.root(BigInt(index), BigInt(index + 1)));
        expect(range.root()).toEqual(tree.root(0n, BigInt(size + more)));
      }),
    ));

  it('is that of the definition for sizes of up to 53 bits', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 53 - 2 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (size, part) => {
          const tree = sparseTree(BigInt(Math.floor(part * (size - 1))), BigInt(size));
          const nodes = nodesOf(tree, size);
          expect(rootOf(nodes, size)).toEqual(tree.root(0n, BigInt(size)));
          const range = CompactRange.from(size, peaks(nodes, size));
          expect(range.root()).toEqual(tree.root(0n, BigInt(size)));
          range.add(tree.root(BigInt(size), BigInt(size + 1)));
          expect(range.root()).toEqual(tree.root(0n, BigInt(size + 1)));
        },
      ),
    ));
});

describe('the heights of the peaks', () => {
  it.each([2 ** 53 - 1, 2 ** 52, 2 ** 52 - 1, 2 ** 48 - 1, 2 ** 49 + 1, 2 ** 31, 3, 1, 0])(
    'of %d leaves are the bits that are set',
    (size) => {
      const bits = size.toString(2);
      const heights = [...bits].flatMap((bit, at) => (bit === '1' ? [bits.length - 1 - at] : []));
      expect(peakHeights(size)).toEqual(heights);
    },
  );

  it('are as many as there must be hashes', () => {
    expect(() => CompactRange.from(3, [EMPTY_ROOT])).toThrow(RangeError);
    expect(() => CompactRange.from(2, [EMPTY_ROOT, EMPTY_ROOT])).toThrow(RangeError);
  });
});
