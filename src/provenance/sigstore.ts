import { bundleFromJSON, isBundleWithDsseEnvelope, isBundleWithMessageSignature, type Bundle } from '@sigstore/bundle';
import {
  PolicyError,
  toSignedEntity,
  VerificationError,
  Verifier,
  type SignedEntity,
  type TrustMaterial,
} from '@sigstore/verify';
import { digestText, type ArtifactDigest } from './artifact-digest.js';
import { digestSignature } from './digest-signature.js';
import { ProvenanceError, shown, type ProvenanceStep } from './failure.js';
import { publicKeyOf } from './keys.js';
import { checkSubject, parseStatement, type Statement } from './statement.js';
import type { TrustedInstance } from './trusted-roots.js';

/** Who signed: what the certificate says, which an authority that is trusted has checked when it gave it out. */
export interface SignerIdentity {
  /** Subject alternative name: with GitHub Actions the address of the workflow, its ref included. */
  readonly san: string;
  /** Issuer of the OIDC token that the certificate was given for. */
  readonly issuer: string;
}

/** A key that a pipeline signs with. */
export interface SigningKey {
  readonly id: string;
  /** SPKI, as PEM. */
  readonly pem: string;
}

export interface VerifiedBundle {
  /** By its certificate, or the id of the key where the bundle has none. */
  readonly signer: SignerIdentity | { readonly keyId: string };
  /** Digest of the trusted root that it was checked against. */
  readonly trustedRoot: string;
  /** What was signed; undefined where it is the artifact itself. */
  readonly statement?: Statement;
}

/** SHA-256 as the bundle's format numbers hash functions. */
const SHA2_256 = 1;

export interface Trust {
  /** Tried in this order; a bundle is good when one of them vouches for it. */
  readonly instances: readonly TrustedInstance[];
  /** Of whom the bundle is said to be, for a bundle without a certificate. */
  readonly keys: readonly SigningKey[];
}

/**
 * Checks a Sigstore bundle (v0.1 to v0.3) without network: certificate chain and its log's promise, transparency log's
 * inclusion, timestamps, signature, and that it speaks of this artifact. Not who signed: that is the caller's.
 *
 * @throws ProvenanceError with the step that failed, under the instance that it came furthest with
 */
export function verifyBundle(json: unknown, artifact: ArtifactDigest, trust: Trust): VerifiedBundle {
  const bundle = parseBundle(json);
  const entity = signedEntity(bundle, artifact);
  const found = underAny(trust.instances, (instance) =>
    entity.key.$case === 'certificate' ? byCertificate(entity, instance) : byKey(entity, instance, trust.keys),
  );
  if (!isBundleWithDsseEnvelope(bundle)) return found;
  const { payloadType, payload } = bundle.content.dsseEnvelope;
  const statement = parseStatement(payloadType, payload);
  // The library compares the signature with the envelope, and leaves the artifact to whoever calls it.
  checkSubject(statement, artifact);
  return { ...found, statement };
}

function parseBundle(json: unknown): Bundle {
  try {
    return bundleFromJSON(json);
  } catch (error) {
    throw new ProvenanceError('format', 'a Sigstore bundle', shown(error), { cause: error });
  }
}

function signedEntity(bundle: Bundle, artifact: ArtifactDigest): SignedEntity {
  try {
    if (!isBundleWithMessageSignature(bundle)) return toSignedEntity(bundle);
    const { messageDigest, signature } = bundle.content.messageSignature;
    checkMessage(messageDigest, artifact);
    // What is signed are the artifact's bytes, of which only the digest is at hand.
    const nothing = Buffer.alloc(0);
    return { ...toSignedEntity(bundle, nothing), signature: digestSignature(signature, artifact) };
  } catch (error) {
    throw error instanceof ProvenanceError ? error : toFailure(error);
  }
}

function checkMessage(message: { algorithm: number; digest: Uint8Array } | undefined, artifact: ArtifactDigest): void {
  const hex = Buffer.from(message?.digest ?? []).toString('hex');
  if (message?.algorithm === SHA2_256 && artifact.algorithm === 'sha256' && hex === artifact.hex) return;
  throw new ProvenanceError('subject', digestText(artifact), message ? `a signature over ${hex}` : 'no digest');
}

function byCertificate(entity: SignedEntity, { material, digest }: TrustedInstance): VerifiedBundle {
  const { identity } = verify(entity, material, SIGNED_CERTIFICATES);
  const san = identity?.subjectAlternativeName;
  const issuer = identity?.extensions?.issuer;
  if (san === undefined || issuer === undefined) {
    throw new ProvenanceError('certificate', 'a name and an issuer in the certificate', 'none');
  }
  return { signer: { san, issuer }, trustedRoot: digest };
}

/** The hint that the bundle gives of its key is not signed, so each of the keys is tried. */
function byKey(entity: SignedEntity, instance: TrustedInstance, keys: readonly SigningKey[]): VerifiedBundle {
  let failure = new ProvenanceError('signature', 'a signature by a key of the pipeline', 'no key is registered');
  for (const { id, pem } of keys) {
    const publicKey = publicKeyOf(pem);
    const material = { ...instance.material, publicKey: () => ({ publicKey, validFor: () => true }) };
    try {
      verify(entity, material, NO_CERTIFICATE);
      return { signer: { keyId: id }, trustedRoot: instance.digest };
    } catch (error) {
      if (!(error instanceof ProvenanceError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

const SIGNED_CERTIFICATES = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 };
const NO_CERTIFICATE = { ...SIGNED_CERTIFICATES, ctlogThreshold: 0 };

function verify(entity: SignedEntity, material: TrustMaterial, thresholds: typeof SIGNED_CERTIFICATES) {
  try {
    return new Verifier(material, thresholds).verify(entity);
  } catch (error) {
    throw toFailure(error);
  }
}

/** In the order in which the library goes: the later it failed, the more of the bundle was good. */
const PROGRESS: readonly ProvenanceStep[] = ['format', 'timestamp', 'certificate', 'transparency-log', 'signature'];

function underAny<Result>(
  instances: readonly TrustedInstance[],
  attempt: (instance: TrustedInstance) => Result,
): Result {
  let furthest = new ProvenanceError('certificate', 'a Sigstore instance that is trusted', 'none is configured');
  for (const [index, instance] of instances.entries()) {
    try {
      return attempt(instance);
    } catch (error) {
      if (!(error instanceof ProvenanceError)) throw error;
      if (index === 0 || PROGRESS.indexOf(error.step) > PROGRESS.indexOf(furthest.step)) furthest = error;
    }
  }
  throw furthest;
}

const STEP_OF: Readonly<Record<VerificationError['code'], [step: ProvenanceStep, expected: string]>> = {
  TIMESTAMP_ERROR: ['timestamp', 'a time of signing by a log or authority that is trusted'],
  CERTIFICATE_ERROR: ['certificate', 'a certificate of an authority that is trusted, valid when it was used'],
  PUBLIC_KEY_ERROR: ['certificate', 'a key that is known'],
  TLOG_ERROR: ['transparency-log', 'an entry in a log that is trusted'],
  TLOG_INCLUSION_PROOF_ERROR: ['transparency-log', 'a proof that leads to a checkpoint of a log that is trusted'],
  TLOG_INCLUSION_PROMISE_ERROR: ['transparency-log', 'a promise by a log that is trusted'],
  TLOG_MISSING_INCLUSION_ERROR: ['transparency-log', 'a proof or promise of inclusion'],
  TLOG_BODY_ERROR: ['transparency-log', 'a log entry of this very signature'],
  SIGNATURE_ERROR: ['signature', 'a signature by the key of the certificate'],
  NOT_IMPLEMENTED_ERROR: ['format', 'a kind of entry that is known'],
};

/** What the library throws where bytes are not even what it looks for is an error of any class. */
function toFailure(error: unknown): ProvenanceError {
  if (error instanceof VerificationError || error instanceof PolicyError) {
    const [step, expected] = STEP_OF[error.code as VerificationError['code']] ?? ['identity', 'the signer'];
    return new ProvenanceError(step, expected, shown(error), { cause: error });
  }
  return new ProvenanceError('format', 'a Sigstore bundle', shown(error), { cause: error });
}
