import type { AttestationResult } from '../domain/artifact/events.js';
import { matchesGlob } from '../domain/glob.js';
import { parseDigest, type ArtifactDigest } from './artifact-digest.js';
import { parseEnvelope, verifyEnvelope } from './dsse.js';
import { checkResult, readEvidence } from './evidence.js';
import { ProvenanceError } from './failure.js';
import { verifyBundle, type SignerIdentity, type SigningKey } from './sigstore.js';
import { checkSource, readSlsa, type SlsaProvenance } from './slsa.js';
import { checkSubject, isObject, parseStatement, type Statement } from './statement.js';
import type { TrustedInstance } from './trusted-roots.js';

/** Whom a proof has to be of. */
export interface ExpectedSigner {
  /** Issuer, as it is, and glob of the certificate's name; `*` stands for any run of characters. */
  readonly identities: readonly SignerIdentity[];
  readonly keys: readonly SigningKey[];
}

/** What the proof is of: the artifact, and where the bake says that it comes from. */
export interface Claim {
  readonly digest: string;
  readonly source?: { readonly repository: string; readonly commit: string };
}

/** What the evidence is of: the artifact, and what the attestation says came out. */
export interface EvidenceClaim {
  readonly digest: string;
  readonly result: AttestationResult;
}

/**
 * `signed`: by a key that is registered. `keyless`: by an identity that an authority has checked, at a time that a log
 * or a timestamp authority vouches for.
 */
type VerifiedSigner =
  | { readonly level: 'signed'; readonly keyId: string }
  | { readonly level: 'keyless'; readonly identity: SignerIdentity; readonly trustedRoot: string };

export type VerifiedProof = VerifiedSigner & {
  /** What the build says of itself; undefined where the artifact itself is signed, without a statement. */
  readonly provenance?: SlsaProvenance;
};

export type VerifiedEvidence = VerifiedSigner & {
  readonly predicateType: string;
  /** SHA-256 of the statement, in hex. */
  readonly statementDigest: string;
};

/**
 * Checks the proof that came with a bake: a Sigstore bundle, or an in-toto statement in a DSSE envelope.
 *
 * @param proof JSON, parsed
 * @throws ProvenanceError with the first step that fails, what was expected and what was seen
 */
export function verifyProof(
  proof: unknown,
  claim: Claim,
  signer: ExpectedSigner,
  instances: readonly TrustedInstance[],
): VerifiedProof {
  const { statement, ...who } = verifySigned(proof, parseDigest(claim.digest), signer, instances);
  if (!statement) return who;
  const provenance = readSlsa(statement);
  if (claim.source) checkSource(provenance, claim.source);
  return { ...who, provenance };
}

/**
 * Checks the statement that came with an attestation, in the same forms and by the same steps as a bake's proof.
 *
 * @param proof JSON, parsed
 * @throws ProvenanceError with the first step that fails, what was expected and what was seen
 */
export function verifyEvidence(
  proof: unknown,
  claim: EvidenceClaim,
  signer: ExpectedSigner,
  instances: readonly TrustedInstance[],
): VerifiedEvidence {
  const { statement, ...who } = verifySigned(proof, parseDigest(claim.digest), signer, instances);
  if (!statement) {
    // Whoever signs an artifact says that it is theirs, and nothing of how it fared.
    throw new ProvenanceError('predicate', 'a statement about the artifact', 'a signature over the artifact itself');
  }
  const { predicateType, results } = readEvidence(statement);
  checkResult(results, claim.result);
  return { ...who, predicateType, statementDigest: statement.digest };
}

type Signed = VerifiedSigner & { readonly statement?: Statement };

function verifySigned(
  proof: unknown,
  artifact: ArtifactDigest,
  signer: ExpectedSigner,
  instances: readonly TrustedInstance[],
): Signed {
  const isBundle = isObject(proof) && ('mediaType' in proof || 'verificationMaterial' in proof);
  return isBundle ? fromBundle(proof, artifact, signer, instances) : fromEnvelope(proof, artifact, signer);
}

function fromBundle(
  proof: unknown,
  artifact: ArtifactDigest,
  { identities, keys }: ExpectedSigner,
  instances: readonly TrustedInstance[],
): Signed {
  const { signer, trustedRoot, statement } = verifyBundle(proof, artifact, { instances, keys });
  const said = statement ? { statement } : {};
  if ('keyId' in signer) return { level: 'signed', keyId: signer.keyId, ...said };
  checkIdentity(signer, identities);
  return { level: 'keyless', identity: signer, trustedRoot, ...said };
}

function fromEnvelope(proof: unknown, artifact: ArtifactDigest, { keys }: ExpectedSigner): Signed {
  const envelope = parseEnvelope(proof);
  const { id } = verifyEnvelope(envelope, keys);
  const statement = parseStatement(envelope.payloadType, envelope.payload);
  checkSubject(statement, artifact);
  return { level: 'signed', keyId: id, statement };
}

/** The certificate's name and its issuer together: either alone can be had by anybody. */
function checkIdentity(seen: SignerIdentity, expected: readonly SignerIdentity[]): void {
  if (expected.some(({ san, issuer }) => issuer === seen.issuer && matchesGlob(san, seen.san))) return;
  const wanted =
    expected.map(({ san, issuer }) => `${san} by ${issuer}`).join(', or ') || 'an identity that is registered';
  throw new ProvenanceError('identity', wanted, `${seen.san} by ${seen.issuer}`);
}
