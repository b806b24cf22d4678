import type { CheckedProof } from '../domain/artifact/decide.js';
import type { AttestationResult, SignerIdentity } from '../domain/artifact/events.js';
import type { PipelineKey } from '../domain/pipeline/events.js';

/** A proof with what it has to be of. */
export interface ProofToCheck {
  /** As it was sent: a Sigstore bundle or a DSSE envelope. */
  readonly statement: object;
  readonly digest: string;
  /** What it has to agree with: of a bake its source, of an attestation its result. */
  readonly claim:
    | { readonly source: { readonly repository: string; readonly commit: string } }
    | { readonly result: AttestationResult };
  /** Whose it must be. */
  readonly identities: readonly SignerIdentity[];
  readonly keys: readonly PipelineKey[];
}

/** Checks proofs, which takes cryptography and time that a decision has not. */
export interface ProofChecker {
  /** @throws CommandError `busy` when too many wait already */
  check(proof: ProofToCheck): Promise<CheckedProof>;
}
