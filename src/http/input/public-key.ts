import { createPublicKey } from 'node:crypto';
import { hashOfKey, keyIdOf, SIGNING_KEYS } from '../../provenance/keys.js';
import { invalidRequest } from './read-dto.js';

/**
 * A public key that statements can be signed with, in one form for each key, and the id that follows from it.
 *
 * @throws HttpProblem `invalid-request`
 */
export function readPublicKey(pem: string, field: string): { keyId: string; publicKey: string } {
  // Node takes the public half of a private key, which has no business here.
  if (!/^\s*-----BEGIN PUBLIC KEY-----/.test(pem)) throw invalid(field);
  try {
    const key = createPublicKey(pem);
    if (hashOfKey(key) === undefined) throw invalid(field);
    return { keyId: keyIdOf(key), publicKey: key.export({ type: 'spki', format: 'pem' }).toString() };
  } catch {
    throw invalid(field);
  }
}

const invalid = (field: string): Error =>
  invalidRequest([{ field, detail: `must be a PEM PUBLIC KEY: ${SIGNING_KEYS}` }]);
