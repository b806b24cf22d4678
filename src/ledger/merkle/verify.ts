import { LedgerError } from '../errors.js';
import { HASH_BYTES, hashNode } from './hash.js';

/** The largest number that a tree's size or an index can be (RFC 9162 uses 64 bits). */
const UINT64_MAX = 2n ** 64n - 1n;

/** That a leaf is at an index of a tree. */
export interface InclusionClaim {
  readonly index: bigint;
  readonly size: bigint;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** That a tree is the beginning of a later one. */
export interface ConsistencyClaim {
  readonly oldSize: bigint;
  readonly oldRoot: Uint8Array;
  readonly newSize: bigint;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * RFC 9162, 2.1.3.2.
 *
 * @throws LedgerError `malformed-proof` when no proof of this shape can be, `proof-mismatch` when it leads elsewhere
 */
export function verifyInclusion({ index, size, leafHash, proof, root }: InclusionClaim): void {
  checkNumbers(index, size);
  if (index >= size) throw new LedgerError('malformed-proof', `Leaf ${index} is not in a tree of ${size} leaves`);
  checkHashes([leafHash, root, ...proof]);
  const { inner, border } = pathShape(index, size);
  checkLength(proof, inner + border);
  const computed = chainBorder(chainInner(leafHash, proof.slice(0, inner), index), proof.slice(inner));
  if (!computed.equals(root)) throw mismatch(`Leaf ${index} of the tree of ${size} leaves is another one`);
}

/**
 * RFC 9162, 2.1.4.2.
 *
 * @throws LedgerError `malformed-proof` when no proof of this shape can be, `proof-mismatch` when it leads elsewhere
 */
export function verifyConsistency(claim: ConsistencyClaim): void {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  checkNumbers(oldSize, newSize);
  if (oldSize === 0n) throw new LedgerError('malformed-proof', 'Every tree is consistent with the empty one');
  if (oldSize > newSize) throw new LedgerError('malformed-proof', `${oldSize} leaves are more than ${newSize}`);
  if (oldSize === newSize) {
    checkLength(proof, 0);
    if (!Buffer.from(oldRoot).equals(newRoot)) throw mismatch(`There are two trees of ${oldSize} leaves`);
    return;
  }
  checkHashes([oldRoot, newRoot, ...proof]);
  const { inner, border } = pathShape(oldSize - 1n, newSize);
  // The path of the old tree's last leaf, from the largest full subtree that ends with it.
  const shift = trailingZeros(oldSize);
  const isWhole = oldSize === 1n << BigInt(shift);
  checkLength(proof, inner - shift + border + (isWhole ? 0 : 1));
  const [seed, path] = isWhole ? [oldRoot, proof] : [proof[0] as Uint8Array, proof.slice(1)];
  const index = (oldSize - 1n) >> BigInt(shift);
  const within = path.slice(0, inner - shift);
  const beside = path.slice(inner - shift);
  if (!chainBorder(chainInnerRight(seed, within, index), beside).equals(oldRoot)) {
    throw mismatch(`The tree of ${newSize} leaves does not begin with that of ${oldSize}`);
  }
  if (!chainBorder(chainInner(seed, within, index), beside).equals(newRoot)) {
    throw mismatch(`The tree of ${oldSize} leaves does not lead to that of ${newSize}`);
  }
}

/** How many hashes of a path lie below the point where it meets the tree's right border, and how many along it. */
function pathShape(index: bigint, size: bigint): { inner: number; border: number } {
  const inner = bitLength(index ^ (size - 1n));
  return { inner, border: ones(index >> BigInt(inner)) };
}

function chainInner(seed: Uint8Array, proof: readonly Uint8Array[], index: bigint): Buffer {
  return proof.reduce<Buffer>(
    (node, sibling, level) => (isRight(index, level) ? hashNode(sibling, node) : hashNode(node, sibling)),
    Buffer.from(seed),
  );
}

/** As far as the old tree has it: without what stands to its right. */
function chainInnerRight(seed: Uint8Array, proof: readonly Uint8Array[], index: bigint): Buffer {
  return proof.reduce<Buffer>(
    (node, sibling, level) => (isRight(index, level) ? hashNode(sibling, node) : node),
    Buffer.from(seed),
  );
}

const chainBorder = (seed: Buffer, proof: readonly Uint8Array[]): Buffer =>
  proof.reduce<Buffer>((node, sibling) => hashNode(sibling, node), seed);

const isRight = (index: bigint, level: number): boolean => ((index >> BigInt(level)) & 1n) === 1n;

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);
const ones = (value: bigint): number => value.toString(2).replaceAll('0', '').length;
const trailingZeros = (value: bigint): number => {
  const bits = value.toString(2);
  return bits.length - 1 - bits.lastIndexOf('1');
};

const mismatch = (message: string): LedgerError => new LedgerError('proof-mismatch', message);

function checkNumbers(...numbers: readonly bigint[]): void {
  for (const number of numbers) {
    if (number < 0n || number > UINT64_MAX) throw new LedgerError('malformed-proof', `${number} is not of 64 bits`);
  }
}

function checkHashes(hashes: readonly Uint8Array[]): void {
  for (const { length } of hashes) {
    if (length !== HASH_BYTES)
      throw new LedgerError('malformed-proof', `A hash has ${length} bytes, not ${HASH_BYTES}`);
  }
}

function checkLength(proof: readonly Uint8Array[], expected: number): void {
  if (proof.length !== expected) {
    throw new LedgerError('malformed-proof', `The proof has ${proof.length} hashes where there must be ${expected}`);
  }
}
