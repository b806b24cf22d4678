import type { ProofToCheck } from '../commands/proof-checker.js';
import type { CheckedProof } from '../domain/artifact/decide.js';
import { ProvenanceError } from './failure.js';
import type { TrustedInstance } from './trusted-roots.js';
import { verifyEvidence, verifyProof } from './verify.js';

/** A proof as the decision on it takes it: what it proves, or where it fails. */
export function checkProof(proof: ProofToCheck, instances: readonly TrustedInstance[]): CheckedProof {
  const { statement } = proof;
  try {
    const { level, ...signed } = verified(proof, instances);
    return { status: 'proven', level, signed: { ...signed, statement } };
  } catch (error) {
    if (!(error instanceof ProvenanceError)) throw error;
    const { step, expected, seen } = error;
    return { status: 'invalid', step, expected, seen };
  }
}

function verified({ statement, digest, claim, identities, keys }: ProofToCheck, instances: readonly TrustedInstance[]) {
  const signer = { identities, keys: keys.map(({ keyId, publicKey }) => ({ id: keyId, pem: publicKey })) };
  if ('result' in claim) return verifyEvidence(statement, { digest, ...claim }, signer, instances);
  const { provenance, ...who } = verifyProof(statement, { digest, ...claim }, signer, instances);
  if (!provenance) return who;
  const { predicateType, builder } = provenance;
  return { ...who, predicateType, ...(builder !== undefined && { builder }) };
}
