import { LessThanOrEqual, type DataSource } from 'typeorm';
import { upcastPolicy, type Policy, type Tier } from '../../domain/environment/policy.js';
import { toNumber } from '../columns.js';
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

interface ListedRow {
  readonly name: string;
  readonly tier: string;
  readonly promotes_from: string | null;
  readonly defined_at: string;
  readonly first_occurred_at: string;
  readonly policy: string;
  readonly revision: number | string;
}

export class EnvironmentQueries {
  constructor(private readonly source: DataSource) {}

  /** All that were defined at the position, by name. One statement, since there may be ten thousand. */
  async list(position: number): Promise<EnvironmentRow[]> {
    const rows = await this.source.sql<ListedRow[]>`
      SELECT e.name, e.tier, e.promotes_from, e.defined_at, e.first_occurred_at, p.policy, p.revision
      FROM environments e
      JOIN environment_policies p ON p.environment = e.name
      WHERE e.position <= ${position} AND p.position = (
        SELECT max(n.position) FROM environment_policies n
        WHERE n.environment = e.name AND n.position <= ${position})`;
    return rows.map(listed).sort((left, right) => compareCodeUnits(left.name, right.name));
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
    const policy = policyOf(row.policy);
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

const listed = (row: ListedRow): EnvironmentRow => ({
  ...{ name: row.name, tier: row.tier as Tier, definedAt: row.defined_at, firstOccurredAt: row.first_occurred_at },
  ...(row.promotes_from !== null && { promotesFrom: row.promotes_from }),
  ...{ policy: policyOf(row.policy), policyRevision: toNumber(row.revision) },
});

const policyOf = (text: string): Policy => upcastPolicy(JSON.parse(text) as Partial<Policy>);
