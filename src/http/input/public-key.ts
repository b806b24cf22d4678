import { createHash, createPublicKey } from 'node:crypto';
import { invalidRequest } from './read-dto.js';

const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
const KEY_ID_CHARACTERS = 32;

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
    const { namedCurve } = key.asymmetricKeyDetails ?? {};
    const isEcdsa = key.asymmetricKeyType === 'ec' && namedCurve !== undefined && CURVES.includes(namedCurve);
    if (!isEcdsa && key.asymmetricKeyType !== 'ed25519') throw invalid(field);
    const spki = key.export({ type: 'spki', format: 'der' });
    const keyId = createHash('sha256').update(spki).digest('hex').slice(0, KEY_ID_CHARACTERS);
    return { keyId, publicKey: key.export({ type: 'spki', format: 'pem' }).toString() };
  } catch {
    throw invalid(field);
  }
}

const invalid = (field: string): Error =>
  invalidRequest([{ field, detail: 'must be a PEM PUBLIC KEY: Ed25519, or ECDSA on P-256, P-384 or P-521' }]);
