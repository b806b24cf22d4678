import { createHash, hash } from 'node:crypto';

/** SHA-256 throughout. */
export const HASH_BYTES = 32;

const NODE_BYTES = 1 + 2 * HASH_BYTES;

/** RFC 6962, 2.1: the root of the tree without leaves is SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/** RFC 6962, 2.1: SHA-256(0x00 ‖ entry). */
export function hashLeaf(entry: string | Uint8Array): Buffer {
  const leaf = Buffer.allocUnsafe(1 + Buffer.byteLength(entry));
  leaf[0] = 0;
  if (typeof entry === 'string') leaf.write(entry, 1);
  else leaf.set(entry, 1);
  return hash('sha256', leaf, 'buffer');
}

/** RFC 6962, 2.1: SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  const node = Buffer.allocUnsafe(NODE_BYTES);
  node[0] = 1;
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}
