import type { Policy } from '../../domain/environment/policy.js';
import type { Facts } from './facts.js';
import { none, saidBy, type None, type SaidBy } from './words.js';

/** The policy that was in force when the change was decided, and who set it. */
export interface PolicySection {
  readonly environment: string;
  /** Stream revision of the event that set it. */
  readonly revision: number;
  readonly policy: Policy;
  readonly setBy: string;
  readonly setAt: string;
  readonly reason?: string;
  readonly saidBy?: SaidBy;
  /** The stage order, which no policy loosens. */
  readonly promotesFrom?: string;
}

export function policyOf({ policy, change, environment, eventAt }: Facts): PolicySection | None {
  if (change.environment === undefined) return none('The command was about no environment.');
  if (!policy) return none(`No policy was in force in ${change.environment}.`);
  const event = eventAt.get(policy.position);
  return {
    environment: change.environment,
    revision: policy.revision,
    policy: policy.policy,
    setBy: policy.actor,
    setAt: policy.recordedAt,
    ...(policy.reason !== undefined && { reason: policy.reason }),
    ...(event && { saidBy: saidBy(event) }),
    ...(environment?.promotesFrom !== undefined && { promotesFrom: environment.promotesFrom }),
  };
}
