import { p256, p384 } from '@noble/curves/nist.js';
import type { SignedEntity } from '@sigstore/verify';
import type { KeyObject } from 'node:crypto';
import type { ArtifactDigest } from './artifact-digest.js';

const CURVES = { 'P-256': p256, 'P-384': p384 };

/**
 * A signature over an artifact of which only the digest is known. Node verifies ECDSA over the bytes alone, so this
 * goes by a library that takes the digest.
 */
export function digestSignature(signature: Uint8Array, artifact: ArtifactDigest): SignedEntity['signature'] {
  const bytes = Buffer.from(signature);
  const digest = Buffer.from(artifact.hex, 'hex');
  return {
    signature: bytes,
    compareSignature: (other) => bytes.equals(other),
    compareDigest: (other) => digest.equals(other),
    verifySignature: (key) => isSigned(digest, bytes, key),
  };
}

function isSigned(digest: Buffer, signature: Buffer, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'ec') return false;
  const { crv, x = '', y = '' } = key.export({ format: 'jwk' });
  const curve = crv === 'P-256' || crv === 'P-384' ? CURVES[crv] : undefined;
  if (!curve) return false;
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  try {
    return curve.verify(signature, digest, point, { prehash: false, lowS: false, format: 'der' });
  } catch {
    return false;
  }
}
