import type { ProofToCheck } from '../commands/proof-checker.js';
import type { CheckedProof } from '../domain/artifact/decide.js';
import { ProvenanceError } from './failure.js';
import type { TrustedInstance } from './trusted-roots.js';
import { verifyProof } from './verify.js';

/** A proof as the decision on a bake takes it: what it proves, or where it fails. */
export function checkProof(proof: ProofToCheck, instances: readonly TrustedInstance[]): CheckedProof {
  const { statement, digest, source, identities, keys } = proof;
  const signer = { identities, keys: keys.map(({ keyId, publicKey }) => ({ id: keyId, pem: publicKey })) };
  try {
    const { provenance, ...who } = verifyProof(statement, { digest, source }, signer, instances);
    const said = provenance && {
      predicateType: provenance.predicateType,
      ...(provenance.builder !== undefined && { builder: provenance.builder }),
    };
    if (who.level === 'signed') {
      return { status: 'proven', level: who.level, provenance: { ...said, keyId: who.keyId, statement } };
    }
    const { identity, trustedRoot } = who;
    return { status: 'proven', level: who.level, provenance: { ...said, identity, trustedRoot, statement } };
  } catch (error) {
    if (!(error instanceof ProvenanceError)) throw error;
    const { step, expected, seen } = error;
    return { status: 'invalid', step, expected, seen };
  }
}
