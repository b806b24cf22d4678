import { LessThanOrEqual, type DataSource } from 'typeorm';
import type { Policy, Tier } from '../../domain/environment/policy.js';
import { compareCodeUnits } from '../order.js';
import { Environment, EnvironmentPolicy } from './entity.js';

export interface EnvironmentRow {
  readonly name: string;
  readonly tier: Tier;
  readonly promotesFrom?: string;
  readonly definedAt: string;
  readonly firstOccurredAt: string;
  readonly policy: Policy;
  /** Stream revision of the event that set the policy. */
  readonly policyRevision: number;
}

export interface PolicyRow {
  readonly policy: Policy;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: string;
  readonly actor: string;
  readonly reason?: string;
}

export class EnvironmentQueries {
  constructor(private readonly source: DataSource) {}

  /** All that were defined at the position, by name. */
  async list(position: number): Promise<EnvironmentRow[]> {
    const found = await this.source.manager.findBy(Environment, { position: LessThanOrEqual(position) });
    const rows = await Promise.all(found.map((environment) => this.#withPolicy(environment, position)));
    return rows.filter((row) => row !== undefined).sort((left, right) => compareCodeUnits(left.name, right.name));
  }

  async get(name: string, position: number): Promise<EnvironmentRow | undefined> {
    const found = await this.source.manager.findOneBy(Environment, { name, position: LessThanOrEqual(position) });
    return found ? this.#withPolicy(found, position) : undefined;
  }

  /** The policy that was in force at the position, and who set it. */
  async policyAt(name: string, position: number): Promise<PolicyRow | undefined> {
    const row = await this.source.manager.findOne(EnvironmentPolicy, {
      where: { environment: name, position: LessThanOrEqual(position) },
      order: { position: 'DESC' },
    });
    if (!row) return undefined;
    const { revision, recordedAt, actor, reason } = row;
    const policy = JSON.parse(row.policy) as Policy;
    return { policy, revision, position: row.position, recordedAt, actor, ...(reason !== null && { reason }) };
  }

  async #withPolicy(environment: Environment, position: number): Promise<EnvironmentRow | undefined> {
    const { name, tier, promotesFrom, definedAt, firstOccurredAt } = environment;
    const policy = await this.policyAt(name, position);
    return (
      policy && {
        ...{ name, tier: tier as Tier, definedAt, firstOccurredAt },
        ...(promotesFrom !== null && { promotesFrom }),
        ...{ policy: policy.policy, policyRevision: policy.revision },
      }
    );
  }
}
