import type { DomainEvent, Remarks } from '../event.js';

export const ARTIFACT_KINDS = ['container-image', 'machine-image', 'package', 'configuration'] as const;
export const LAYERS = ['os', 'runtime', 'application', 'configuration'] as const;
export const ATTESTATION_RESULTS = ['passed', 'failed'] as const;
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

/** How it is shown that a pipeline built an artifact, the weakest first. */
export const PROOF_LEVELS = ['token', 'signed', 'keyless'] as const;

/**
 * `token`: an authenticated pipeline said so. `signed`: a key that is registered for the pipeline signed a statement.
 * `keyless`: an identity that is registered for it signed, by a certificate that was good at the time, in a public log.
 */
export type ProofLevel = (typeof PROOF_LEVELS)[number];

export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];
export type Layer = (typeof LAYERS)[number];
export type AttestationResult = (typeof ATTESTATION_RESULTS)[number];
export type Severity = (typeof SEVERITIES)[number];

export interface Source {
  readonly repository: string;
  readonly commit: string;
  readonly ref?: string;
  /** Pseudonymous, like every subject in the ledger. */
  readonly author?: string;
  readonly committedAt?: string;
}

/** What a bake says of the bytes known by `digest`. */
export interface Bake {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly kind: ArtifactKind;
  readonly layer: Layer;
  readonly source: Source;
  /** Digest of the configuration that was baked in. */
  readonly configuration?: string;
  /** Digest of the artifact that it was built on. */
  readonly base?: string;
  readonly run: { readonly id: string; readonly url?: string; readonly triggeredBy?: string };
}

export interface Evidence {
  readonly uri: string;
  readonly digest?: string;
}

export interface Attestation {
  readonly type: string;
  readonly result: AttestationResult;
  /** The environment that it was made in; absent where that does not matter (a unit test). */
  readonly environment?: string;
  readonly evidence?: Evidence;
}

/** Who signed, as a certificate says it. */
export interface SignerIdentity {
  /** The certificate's subject alternative name. */
  readonly san: string;
  readonly issuer: string;
}

/** By which key, or by whose certificate; `trustedRoot`: SHA-256 of the trusted root that vouched for it, in hex. */
export type Signer = { readonly keyId: string } | { readonly identity: SignerIdentity; readonly trustedRoot: string };

/** What was signed, checked when it came and kept whole, so that anybody can check it again. */
export type SignedStatement = {
  /** Type of the statement's predicate; absent where the artifact itself is signed. */
  readonly predicateType?: string;
  /** Of evidence: SHA-256 of the statement, in hex, by which it is known when it comes again. */
  readonly statementDigest?: string;
  /** The Sigstore bundle or the DSSE envelope, as it was sent. */
  readonly statement: object;
} & Signer;

export type Provenance = SignedStatement & {
  /** Who the statement claims to be built by. */
  readonly builder?: string;
};

/** `proof` is the level of it; above `token`, `provenance` is what shows it. */
export type ArtifactBaked = DomainEvent<
  'ArtifactBaked.v1',
  Bake & { readonly pipeline: string; readonly proof: ProofLevel; readonly provenance?: Provenance },
  Remarks
>;

/** `proof` is how it is shown who says so; above `token`, `signed` is what shows it. */
export type AttestationRecorded = DomainEvent<
  'AttestationRecorded.v1',
  Attestation & {
    readonly digest: string;
    readonly pipeline: string;
    readonly proof: ProofLevel;
    readonly signed?: SignedStatement;
  },
  Remarks
>;
export type ArtifactRevoked = DomainEvent<
  'ArtifactRevoked.v1',
  { readonly digest: string; readonly severity: Severity },
  Remarks
>;

export type ArtifactEvent = ArtifactBaked | AttestationRecorded | ArtifactRevoked;
