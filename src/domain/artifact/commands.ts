import type { Remarks } from '../event.js';
import type { Attestation, Bake, Severity } from './events.js';

interface ArtifactCommandOf<Kind extends string> {
  readonly kind: Kind;
  readonly digest: string;
  readonly remarks: Remarks;
}

export type BakeArtifact = ArtifactCommandOf<'bake'> & {
  readonly bake: Bake;
  /** What came with it to show who built it: a Sigstore bundle or a DSSE envelope, unchecked. */
  readonly provenance?: object;
};
export type RecordAttestation = ArtifactCommandOf<'attest'> & {
  readonly attestation: Attestation;
  /** What came with it to show who says so: a Sigstore bundle or a DSSE envelope, unchecked. */
  readonly statement?: object;
};
export type RevokeArtifact = ArtifactCommandOf<'revoke'> & { readonly severity: Severity };

export type ArtifactCommand = BakeArtifact | RecordAttestation | RevokeArtifact;
