import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { ArtifactDigest } from './artifact-digest.js';
import { preAuthEncoding } from './dsse.js';
import { hashOfKey, keyIdOf } from './keys.js';
import { PAYLOAD_TYPE, STATEMENT_V1 } from './statement.js';

/** What is said of one artifact. */
export interface StatementToSign {
  readonly artifact: ArtifactDigest;
  /** What people call the artifact. */
  readonly name?: string;
  /** URI of the kind of predicate. */
  readonly predicateType: string;
  readonly predicate: object;
}

/** A DSSE envelope as it is sent and kept. */
export interface SignedEnvelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/**
 * An in-toto statement v1 in a DSSE envelope (DSSE v1, "Protocol"). An Ed25519 key signs the same statement the same way
 * each time; ECDSA does not.
 *
 * @throws RangeError for a key of another kind than those in {@link hashOfKey}
 */
export function signStatement(
  { artifact, name, predicateType, predicate }: StatementToSign,
  privateKey: KeyObject,
): SignedEnvelope {
  const hash = hashOfKey(privateKey);
  if (hash === undefined) throw new RangeError(`No statement is signed with ${privateKey.asymmetricKeyType ?? 'this'}`);
  const subject = [{ ...(name && { name }), digest: { [artifact.algorithm]: artifact.hex } }];
  const payload = Buffer.from(JSON.stringify({ _type: STATEMENT_V1, subject, predicateType, predicate }));
  // DER, which is what other tools read as well; ours takes both forms.
  const sig = sign(hash, preAuthEncoding({ payloadType: PAYLOAD_TYPE, payload }), privateKey);
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyIdOf(createPublicKey(privateKey)), sig: sig.toString('base64') }],
  };
}
