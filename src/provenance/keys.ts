import { LRUCache } from 'lru-cache';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

const KEY_ID_CHARACTERS = 32;

const KEYS_MAX = 1_000;
const keys = new LRUCache<string, KeyObject>({ max: KEYS_MAX });

/** The kinds of key that statements are signed with, in words. */
export const SIGNING_KEYS = 'Ed25519, or ECDSA on P-256, P-384 or P-521';

const HASH_OF_CURVE: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

/** Which hash a key signs, as Node names it: null where the algorithm has its own; undefined for keys not taken here. */
export function hashOfKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null | undefined {
  if (asymmetricKeyType === 'ed25519') return null;
  return asymmetricKeyType === 'ec' ? HASH_OF_CURVE[asymmetricKeyDetails?.namedCurve ?? ''] : undefined;
}

/** The id of a public key. It follows from the key, so that whoever signs and whoever registers it have the same. */
export function keyIdOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, KEY_ID_CHARACTERS);
}

/** A public key from its PEM. Reading one takes as long as verifying a signature by it, and the same ones come again. */
export function publicKeyOf(pem: string): KeyObject {
  const known = keys.get(pem);
  if (known) return known;
  const key = createPublicKey(pem);
  keys.set(pem, key);
  return key;
}
