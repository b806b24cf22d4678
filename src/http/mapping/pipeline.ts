import type { AddPipelineKey, PipelineCommand } from '../../domain/pipeline/commands.js';
import type {
  AddKeyDto,
  ChangePipelineDto,
  ReinstatePipelineDto,
  RevokeKeyDto,
  SuspendPipelineDto,
} from '../dto/pipeline.js';
import { readPublicKey } from '../input/public-key.js';
import { normaliseTime } from '../input/time.js';
import { defined } from './defined.js';

export function toRegistration(
  kind: 'register-pipeline' | 'change-pipeline',
  id: string,
  { name, mayBake, mayPromoteTo, identities, reason }: ChangePipelineDto,
): PipelineCommand {
  const own = identities?.map(({ san, issuer }) => ({ san, issuer }));
  const registration = { id, name, mayBake, mayPromoteTo, ...defined({ identities: own }) };
  return { kind, id, registration, remarks: defined({ reason }) };
}

export const toSuspension = (id: string, { reason }: SuspendPipelineDto): PipelineCommand => ({
  kind: 'suspend-pipeline',
  id,
  remarks: { reason },
});

export const toReinstatement = (id: string, { reason }: ReinstatePipelineDto): PipelineCommand => ({
  kind: 'reinstate-pipeline',
  id,
  remarks: defined({ reason }),
});

/** @throws HttpProblem `invalid-request` for what is no public key */
export function toKey(id: string, { publicKey, validFrom, validUntil, reason }: AddKeyDto): AddPipelineKey {
  const bounds = {
    validFrom: validFrom && normaliseTime(validFrom),
    validUntil: validUntil && normaliseTime(validUntil),
  };
  return {
    kind: 'add-pipeline-key',
    id,
    key: { ...readPublicKey(publicKey), ...defined(bounds) },
    remarks: defined({ reason }),
  };
}

export const toKeyRevocation = (id: string, keyId: string, { reason }: RevokeKeyDto): PipelineCommand => ({
  kind: 'revoke-pipeline-key',
  id,
  keyId,
  remarks: { reason },
});
