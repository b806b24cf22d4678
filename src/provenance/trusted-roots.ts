import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toTrustMaterial, type TrustMaterial } from '@sigstore/verify';
import { createHash } from 'node:crypto';
import { shown } from './failure.js';

/** A Sigstore instance whose authorities and logs are trusted. */
export interface TrustedInstance {
  /** SHA-256 of the file, in hex: which version of it a proof was checked against. */
  readonly digest: string;
  readonly material: TrustMaterial;
}

/**
 * A `trusted_root.json`, as Sigstore hands it out.
 *
 * @throws RangeError for anything else
 */
export function readTrustedRoot(text: string): TrustedInstance {
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(text));
    if (root.certificateAuthorities.length === 0) throw new RangeError('it names no certificate authority');
    return { digest: createHash('sha256').update(text).digest('hex'), material: toTrustMaterial(root) };
  } catch (error) {
    throw new RangeError(`Not a trusted root of Sigstore: ${shown(error)}`, { cause: error });
  }
}
