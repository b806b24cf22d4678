import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { proveConsistency, proveInclusion, type NodeSource } from '../../../../src/ledger/merkle/prove.js';
import {
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from '../../../../src/ledger/merkle/verify.js';
import { codeOf } from '../code-of.js';
import { distinctTree, leafHashOf, sparseTree, type ReferenceTree } from './reference-tree.js';

const SIZE_MAX = 2_000;
/** To this size every pair is proven, beyond it those at the edges and some between. */
const EXHAUSTIVE_MAX = 100;
const UINT64_MAX = 2n ** 64n - 1n;

const nodesOf =
  (tree: ReferenceTree): NodeSource =>
  (height, index) =>
    tree.root(BigInt(index) * 2n ** BigInt(height), BigInt(index + 1) * 2n ** BigInt(height));

const inclusion = (tree: ReferenceTree, index: bigint, size: bigint): InclusionClaim => ({
  index,
  size,
  leafHash: tree.root(index, index + 1n),
  proof: tree.path(index, size),
  root: tree.root(0n, size),
});
const consistency = (tree: ReferenceTree, oldSize: bigint, newSize: bigint): ConsistencyClaim => ({
  oldSize,
  oldRoot: tree.root(0n, oldSize),
  newSize,
  newRoot: tree.root(0n, newSize),
  proof: tree.proof(oldSize, newSize),
});

/** Numbers from 0 to below `size`: all of a small one; of a large one the edges, those at powers of two, and more. */
function sample(size: number): number[] {
  if (size <= EXHAUSTIVE_MAX) return Array.from({ length: size }, (_, index) => index);
  const numbers = new Set([0, 1, size - 2, size - 1, Math.floor(size / 3), (size * 7) % 13, Math.floor(size / 2)]);
  for (let power = 2; power < size; power *= 8) numbers.add(power - 1).add(power);
  return [...numbers].filter((number) => number < size);
}

describe(`proofs in every tree of 1 to ${SIZE_MAX} leaves (of every pair to ${EXHAUSTIVE_MAX})`, () => {
  const tree = distinctTree();
  const nodes = nodesOf(tree);

  it('of inclusion are those of RFC 6962, and are accepted', () => {
    for (let size = 1; size <= SIZE_MAX; size++) {
      for (const index of sample(size)) {
        const claim = inclusion(tree, BigInt(index), BigInt(size));
        if (!Buffer.concat(proveInclusion(nodes, index, size)).equals(Buffer.concat(claim.proof))) {
          throw new Error(`Another proof of ${index} in ${size}`);
        }
        verifyInclusion(claim);
      }
    }
  });

  it('of consistency are those of RFC 6962, and are accepted', () => {
    for (let size = 1; size <= SIZE_MAX; size++) {
      for (const oldSize of [...sample(size).slice(1), size]) {
        const claim = consistency(tree, BigInt(oldSize), BigInt(size));
        if (!Buffer.concat(proveConsistency(nodes, oldSize, size)).equals(Buffer.concat(claim.proof))) {
          throw new Error(`Another proof of ${oldSize} in ${size}`);
        }
        verifyConsistency(claim);
      }
    }
  });
});

describe('proofs in a large tree', () => {
  const sizes = fc
    .tuple(fc.bigInt(1n, 2n ** 53n - 1n), fc.bigInt(0n, 2n ** 53n - 2n))
    .map(([size, other]) => [other % size, size] as const);

  it('of up to 53 bits are those of RFC 6962', () =>
    fc.assert(
      fc.property(sizes, ([index, size]) => {
        const tree = sparseTree(index, size - 1n);
        const proof = proveInclusion(nodesOf(tree), Number(index), Number(size));
        expect(proof).toEqual(tree.path(index, size));
        verifyInclusion({ ...inclusion(tree, index, size), proof });
        const old = index + 1n;
        const consistent = proveConsistency(nodesOf(tree), Number(old), Number(size));
        expect(consistent).toEqual(tree.proof(old, size));
        verifyConsistency({ ...consistency(tree, old, size), proof: consistent });
      }),
    ));

  it('of up to 64 bits are accepted', () =>
    fc.assert(
      fc.property(fc.bigInt(1n, UINT64_MAX), fc.bigInt(0n, UINT64_MAX), (size, other) => {
        const index = other % size;
        const tree = sparseTree(index);
        verifyInclusion(inclusion(tree, index, size));
        verifyConsistency(consistency(tree, index + 1n, size));
      }),
    ));

  it('are accepted at the very end of what 64 bits can say', () => {
    const tree = sparseTree(UINT64_MAX - 1n);
    verifyInclusion(inclusion(tree, UINT64_MAX - 1n, UINT64_MAX));
    verifyConsistency(consistency(tree, UINT64_MAX - 1n, UINT64_MAX));
  });
});

describe('a proof that was tampered with', () => {
  const tree = distinctTree();
  const claims = fc
    .tuple(fc.bigInt(1n, 1_000n), fc.bigInt(0n, 999n))
    .map(([size, other]) => [other % size, size] as const);
  const at = fc.nat();

  /** One bit of one hash is another one. */
  const flip = (hashes: readonly Uint8Array[], seed: number): Buffer[] =>
    hashes.map((hash, index) => {
      const bytes = Buffer.from(hash);
      if (index === seed % hashes.length) bytes[seed % 32] = (bytes[seed % 32] as number) ^ (1 << (seed % 8));
      return bytes;
    });
  const flipOne = (hash: Uint8Array, seed: number): Buffer => flip([hash], seed)[0] as Buffer;
  const rotated = <T>(hashes: readonly T[]): T[] => [...hashes.slice(1), ...hashes.slice(0, 1)];

  it('of inclusion is refused', () =>
    fc.assert(
      fc.property(claims, at, ([index, size], seed) => {
        const claim = inclusion(tree, index, size);
        const { proof } = claim;
        const other = leafHashOf(Buffer.from('other'));
        const wrong: [InclusionClaim, string][] = [
          [{ ...claim, root: flipOne(claim.root, seed) }, 'proof-mismatch'],
          [{ ...claim, leafHash: flipOne(claim.leafHash, seed) }, 'proof-mismatch'],
          [{ ...claim, proof: [...proof, other] }, 'malformed-proof'],
          [{ ...claim, index: size }, 'malformed-proof'],
          [{ ...claim, index: -1n }, 'malformed-proof'],
          [{ ...claim, size: 0n }, 'malformed-proof'],
          [{ ...claim, size: UINT64_MAX + 1n }, 'malformed-proof'],
          [{ ...claim, root: claim.root.subarray(1) }, 'malformed-proof'],
          [{ ...claim, leafHash: Buffer.concat([claim.leafHash, Buffer.of(0)]) }, 'malformed-proof'],
        ];
        if (proof.length > 0) {
          wrong.push([{ ...claim, proof: flip(proof, seed) }, 'proof-mismatch']);
          wrong.push([{ ...claim, proof: proof.slice(1) }, 'malformed-proof']);
          wrong.push([{ ...claim, proof: [other.subarray(1), ...proof.slice(1)] }, 'malformed-proof']);
        }
        if (proof.length > 1) wrong.push([{ ...claim, proof: rotated(proof) }, 'proof-mismatch']);
        for (const [tampered, code] of wrong) expect(codeOf(() => verifyInclusion(tampered))).toBe(code);
        for (const beside of [index - 1n, index + 1n, index ^ (2n ** BigInt(seed % 10))]) {
          if (beside !== index) expect(codeOf(() => verifyInclusion({ ...claim, index: beside }))).toMatch(/proof/);
        }
      }),
    ));

  it('of consistency is refused', () =>
    fc.assert(
      fc.property(claims, at, ([index, newSize], seed) => {
        const oldSize = index + 1n;
        const claim = consistency(tree, oldSize, newSize);
        const { proof } = claim;
        const wrong: [ConsistencyClaim, string][] = [
          [{ ...claim, oldRoot: flipOne(claim.oldRoot, seed) }, 'proof-mismatch'],
          [{ ...claim, newRoot: flipOne(claim.newRoot, seed) }, 'proof-mismatch'],
          [{ ...claim, proof: [...proof, claim.newRoot] }, 'malformed-proof'],
          [{ ...claim, oldSize: 0n }, 'malformed-proof'],
          [{ ...claim, oldSize: newSize + 1n }, 'malformed-proof'],
          [{ ...claim, newSize: UINT64_MAX + 1n }, 'malformed-proof'],
          [{ ...claim, oldSize: -1n }, 'malformed-proof'],
        ];
        if (oldSize !== newSize) {
          wrong.push([{ ...claim, newRoot: Buffer.alloc(31) }, 'malformed-proof']);
          wrong.push([{ ...claim, proof: flip(proof, seed) }, 'proof-mismatch']);
          wrong.push([{ ...claim, proof: proof.slice(1) }, 'malformed-proof']);
          wrong.push([{ ...claim, oldRoot: claim.newRoot, newRoot: claim.oldRoot }, 'proof-mismatch']);
        }
        if (proof.length > 1) wrong.push([{ ...claim, proof: rotated(proof) }, 'proof-mismatch']);
        for (const [tampered, code] of wrong) expect(codeOf(() => verifyConsistency(tampered))).toBe(code);
      }),
    ));

  it('with every single bit of it flipped is refused', () => {
    const claim = inclusion(tree, 5n, 7n);
    const consistent = consistency(tree, 5n, 7n);
    const flipped = (proof: readonly Uint8Array[], bit: number): Buffer[] => {
      const bytes = Buffer.concat(proof);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      return proof.map((_, index) => bytes.subarray(index * 32, (index + 1) * 32));
    };
    for (let bit = 0; bit < claim.proof.length * 256; bit++) {
      const proof = flipped(claim.proof, bit);
      expect(codeOf(() => verifyInclusion({ ...claim, proof }))).toBe('proof-mismatch');
    }
    for (let bit = 0; bit < consistent.proof.length * 256; bit++) {
      const proof = flipped(consistent.proof, bit);
      expect(codeOf(() => verifyConsistency({ ...consistent, proof }))).toBe('proof-mismatch');
    }
  });
});

describe('a proof that nobody can make', () => {
  const nodes = nodesOf(distinctTree());
  it.each([
    [0, 0],
    [1, 1],
    [-1, 1],
    [0.5, 1],
    [Number.NaN, 1],
    [2 ** 53, 2 ** 53 + 2],
  ])('of leaf %d in a tree of %d is not asked for', (index, size) =>
    expect(() => proveInclusion(nodes, index, size)).toThrow(RangeError),
  );
  it.each([
    [0, 1],
    [2, 1],
    [-1, 1],
    [0.5, 1],
    [1, 1.5],
    [1, 2 ** 53],
  ])('from %d to %d leaves is not asked for', (oldSize, newSize) =>
    expect(() => proveConsistency(nodes, oldSize, newSize)).toThrow(RangeError),
  );
});
