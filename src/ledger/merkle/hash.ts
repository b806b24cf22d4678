import { createHash, hash } from 'node:crypto';

/** SHA-256 throughout. */
export const HASH_BYTES = 32;

const LEAF_PREFIX = Buffer.of(0);
/** Its first byte stays that prefix. */
const scratch = Buffer.alloc(8 * 1024);
const NODE_BYTES = 1 + 2 * HASH_BYTES;

/** RFC 6962, 2.1: the root of the tree without leaves is SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/** RFC 6962, 2.1: SHA-256(0x00 ‖ entry). */
export function hashLeaf(entry: string | Uint8Array): Buffer {
  // A leaf of Cairn is far shorter: it is hashed in one call, which costs less than making a hash object.
  if (typeof entry === 'string' && entry.length * 3 < scratch.length) {
    return hash('sha256', scratch.subarray(0, 1 + scratch.write(entry, 1)), 'buffer');
  }
  return createHash('sha256').update(LEAF_PREFIX).update(entry).digest();
}

/** RFC 6962, 2.1: SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  const node = Buffer.allocUnsafe(NODE_BYTES);
  node[0] = 1;
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}
