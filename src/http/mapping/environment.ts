import type { EnvironmentCommand } from '../../domain/environment/commands.js';
import { LOOSEST_POLICY, type Policy } from '../../domain/environment/policy.js';
import type { AbandonDto, PromoteDto, RetireDto, RollBackDto, SwitchDto, ValidateDto } from '../dto/change.js';
import type { ChangePolicyDto, DefineEnvironmentDto, PolicyDto } from '../dto/environment.js';
import { toEvidence } from './artifact.js';
import { defined } from './defined.js';

/** An open change of an environment, as the path of its routes names it. */
export interface OpenChange {
  readonly environment: string;
  readonly changeId: string;
}

export function toDefinition({ name, tier, promotesFrom, policy, reason }: DefineEnvironmentDto): EnvironmentCommand {
  const remarks = defined({ reason });
  const definition = defined({ tier, promotesFrom, policy: toPolicy(policy ?? {}) });
  return { kind: 'define-environment', environment: name, ...definition, remarks };
}

export function toPolicyChange(
  environment: string,
  { policy, reason }: ChangePolicyDto,
  expectedRevision?: number,
): EnvironmentCommand {
  const change = defined({ policy: toPolicy(policy), expectedRevision });
  return { kind: 'change-policy', environment, ...change, remarks: defined({ reason }) };
}

export function toPromotion(environment: string, dto: PromoteDto): EnvironmentCommand {
  const { digest, service, strategy, change, basedOn } = dto;
  const { type: changeType, reason, ticket } = change;
  const remarks = defined({ reason, ticket });
  return { kind: 'promote', environment, ...defined({ digest, service, strategy, changeType, basedOn }), remarks };
}

export function toValidation(open: OpenChange, { result, evidence, reason }: ValidateDto): EnvironmentCommand {
  return {
    kind: 'validate',
    ...open,
    ...defined({ result, evidence: toEvidence(evidence) }),
    remarks: defined({ reason }),
  };
}

export const toSwitch = (open: OpenChange, { basedOn, reason }: SwitchDto): EnvironmentCommand => ({
  kind: 'switch',
  ...open,
  ...defined({ basedOn }),
  remarks: defined({ reason }),
});

export const toAbandonment = (open: OpenChange, { reason }: AbandonDto): EnvironmentCommand => ({
  kind: 'abandon',
  ...open,
  remarks: defined({ reason }),
});

export const toRollBack = (environment: string, { service, digest, reason }: RollBackDto): EnvironmentCommand => ({
  kind: 'roll-back',
  environment,
  ...defined({ service, digest }),
  remarks: { reason },
});

export const toRetirement = (environment: string, { service, digest, reason }: RetireDto): EnvironmentCommand => ({
  kind: 'retire',
  environment,
  ...defined({ service, digest }),
  remarks: { reason },
});

function toPolicy({ provenance, bases, evidence, soak, strategies, atomic, maxBackdate }: PolicyDto): Policy {
  const required = evidence?.map(({ type, environment, proof, by, predicateType }) =>
    defined({ type, environment, proof, by, predicateType }),
  );
  return {
    ...LOOSEST_POLICY,
    ...defined({ provenance, bases, evidence: required, soak, strategies, atomic, maxBackdate }),
  };
}
