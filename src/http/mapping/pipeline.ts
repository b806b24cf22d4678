import type { AddPipelineKey, ChangePipeline, PipelineCommand } from '../../domain/pipeline/commands.js';
import type { PipelineKey } from '../../domain/pipeline/events.js';
import type {
  AddKeyDto,
  ChangePipelineDto,
  KeyDto,
  RegisterPipelineDto,
  ReinstatePipelineDto,
  RevokeKeyDto,
  SuspendPipelineDto,
} from '../dto/pipeline.js';
import { readPublicKey } from '../input/public-key.js';
import { invalidRequest } from '../input/read-dto.js';
import { normaliseTime } from '../input/time.js';
import { defined } from './defined.js';
import { toIdentity } from './identity.js';
import { toOidc } from './oidc.js';

/** @throws HttpProblem `invalid-request` for keys and claims that cannot be meant */
export function toFirstRegistration({ id, keys, ...dto }: RegisterPipelineDto): PipelineCommand {
  const { remarks, registration } = registrationOf(id, dto);
  const own = keys?.map((key, index) => keyOf(key, `keys.${index}.publicKey`));
  if (own && new Set(own.map(({ keyId }) => keyId)).size < own.length) {
    throw invalidRequest([{ field: 'keys', detail: 'must not have the same key twice' }]);
  }
  return { kind: 'register-pipeline', id, registration: { ...registration, ...defined({ keys: own }) }, remarks };
}

/** @throws HttpProblem `invalid-request` for claims that cannot be meant */
export const toRegistration = (id: string, dto: ChangePipelineDto): PipelineCommand => ({
  kind: 'change-pipeline',
  id,
  ...registrationOf(id, dto),
});

function registrationOf(
  id: string,
  { name, mayBake, mayAttest, mayPromoteTo, identities, oidc, reason }: ChangePipelineDto,
): Pick<ChangePipeline, 'registration' | 'remarks'> {
  const own = identities?.map(toIdentity);
  const proof = defined({ identities: own, oidc: oidc && toOidc(oidc) });
  const bounds = { mayBake, ...defined({ mayAttest }), mayPromoteTo };
  return { registration: { id, name, ...bounds, ...proof }, remarks: defined({ reason }) };
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
export const toKey = (id: string, { reason, ...key }: AddKeyDto): AddPipelineKey => ({
  kind: 'add-pipeline-key',
  id,
  key: keyOf(key, 'publicKey'),
  remarks: defined({ reason }),
});

function keyOf({ publicKey, validFrom, validUntil }: KeyDto, field: string): PipelineKey {
  const bounds = {
    validFrom: validFrom && normaliseTime(validFrom),
    validUntil: validUntil && normaliseTime(validUntil),
  };
  return { ...readPublicKey(publicKey, field), ...defined(bounds) };
}

export const toKeyRevocation = (id: string, keyId: string, { reason }: RevokeKeyDto): PipelineCommand => ({
  kind: 'revoke-pipeline-key',
  id,
  keyId,
  remarks: { reason },
});
