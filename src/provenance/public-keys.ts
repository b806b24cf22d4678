import { LRUCache } from 'lru-cache';
import { createPublicKey, type KeyObject } from 'node:crypto';

const KEYS_MAX = 1_000;
const keys = new LRUCache<string, KeyObject>({ max: KEYS_MAX });

/** A public key from its PEM. Reading one takes as long as verifying a signature by it, and the same ones come again. */
export function publicKeyOf(pem: string): KeyObject {
  const known = keys.get(pem);
  if (known) return known;
  const key = createPublicKey(pem);
  keys.set(pem, key);
  return key;
}
