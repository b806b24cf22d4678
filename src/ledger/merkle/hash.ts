import { hash } from 'node:crypto';

/** SHA-256 throughout. */
export const HASH_BYTES = 32;

const LEAF_PREFIX = Buffer.of(0);

/** What a node is hashed from, written anew for each: a node is hashed before the next is begun. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** RFC 6962, 2.1: the root of the tree without leaves is SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = sha256('');

/** RFC 6962, 2.1: SHA-256(0x00 ‖ entry). */
export function hashLeaf(entry: string | Uint8Array): Buffer {
  return sha256(typeof entry === 'string' ? `\0${entry}` : Buffer.concat([LEAF_PREFIX, entry]));
}

/** RFC 6962, 2.1: SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

/** Of the bytes, or of a text in UTF-8. By way of a string, which Node makes of a digest faster than a buffer. */
function sha256(bytes: string | Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}
