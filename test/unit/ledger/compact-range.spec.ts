import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompactRange } from '../../../src/ledger/merkle/compact-range.js';

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafOf = (bytes: Uint8Array): Buffer => sha256(Buffer.of(0), bytes);

function rootOf(leaves: readonly Buffer[]): Buffer {
  const hasher = new CompactRange();
  for (const leaf of leaves) hasher.add(leaf);
  return hasher.root();
}

/** RFC 6962, 2.1, word for word. */
function byDefinition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0] as Buffer;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), byDefinition(leaves.slice(0, split)), byDefinition(leaves.slice(split)));
}

describe('the root of the tree', () => {
  /** Leaves and roots that the logs of Certificate Transparency are tested with. */
  const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('over %d leaves is the known one', (size, root) => {
    const leaves = INPUTS.slice(0, size).map((hex) => leafOf(Buffer.from(hex, 'hex')));
    expect(rootOf(leaves).toString('hex')).toBe(root);
  });

  it('is that of the definition for every size', () => {
    const leaves = Array.from({ length: 130 }, (_, index) => leafOf(Buffer.from(`leaf ${index}`)));
    for (let size = 0; size <= leaves.length; size++) {
      expect(rootOf(leaves.slice(0, size))).toEqual(byDefinition(leaves.slice(0, size)));
    }
  });
});
