import type { DomainEvent, Remarks } from '../event.js';

export const ARTIFACT_KINDS = ['container-image', 'machine-image', 'package', 'configuration'] as const;
export const LAYERS = ['os', 'runtime', 'application', 'configuration'] as const;
export const ATTESTATION_RESULTS = ['passed', 'failed'] as const;
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

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

/** `proof` is how the pipeline showed that it built this: `token`, an authenticated pipeline said so. */
export type ArtifactBaked = DomainEvent<
  'ArtifactBaked.v1',
  Bake & { readonly pipeline: string; readonly proof: 'token' },
  Remarks
>;
export type AttestationRecorded = DomainEvent<
  'AttestationRecorded.v1',
  Attestation & { readonly digest: string; readonly pipeline: string },
  Remarks
>;
export type ArtifactRevoked = DomainEvent<
  'ArtifactRevoked.v1',
  { readonly digest: string; readonly severity: Severity },
  Remarks
>;

export type ArtifactEvent = ArtifactBaked | AttestationRecorded | ArtifactRevoked;
