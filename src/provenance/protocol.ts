import type { ProofToCheck } from '../commands/proof-checker.js';
import type { CheckedProof } from '../domain/artifact/decide.js';

/** What the thread is started with: the texts of the trusted roots. */
export interface ProofWorkerData {
  readonly trustedRoots: readonly string[];
}

export interface ToProofWorker {
  readonly id: number;
  readonly proof: ProofToCheck;
}

export interface FromProofWorker {
  readonly id: number;
  readonly checked: CheckedProof;
}
