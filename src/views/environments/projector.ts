import type { Projector } from '../projector.js';
import type { Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { Environment, EnvironmentPolicy } from './entity.js';

const ENVIRONMENTS: Table<Environment> = { entity: Environment, key: ['name'] };
const POLICIES: Table<EnvironmentPolicy> = { entity: EnvironmentPolicy, key: ['environment', 'position'] };

/** The environments, and the policy of each at any moment. */
export const environmentsProjector: Projector = {
  view: 'environments',
  version: 1,
  entities: [Environment, EnvironmentPolicy],
  project(events, rows) {
    for (const event of events) {
      if (event.type === 'EnvironmentDefined.v1') rows.of(ENVIRONMENTS).insert(environmentOf(event));
      if (event.type === 'EnvironmentDefined.v1' || event.type === 'PolicyChanged.v1') {
        rows.of(POLICIES).insert(policyOf(event));
      }
    }
    return Promise.resolve();
  },
};

type EventOf<Type extends ViewEvent['type']> = Extract<ViewEvent, { type: Type }>;

const environmentOf = ({ data, position, recordedAt, occurredAt }: EventOf<'EnvironmentDefined.v1'>): Environment => ({
  name: data.environment,
  position,
  tier: data.tier,
  promotesFrom: data.promotesFrom ?? null,
  definedAt: recordedAt,
  firstOccurredAt: occurredAt,
});

function policyOf(event: EventOf<'EnvironmentDefined.v1' | 'PolicyChanged.v1'>): EnvironmentPolicy {
  const { data, position, revision, recordedAt, occurredAt, actor, remarks } = event;
  return {
    environment: data.environment,
    ...{ position, revision, policy: JSON.stringify(data.policy) },
    ...{ recordedAt, occurredAt, actor, reason: remarks.reason ?? null },
  };
}
