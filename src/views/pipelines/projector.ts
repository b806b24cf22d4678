import { unreachable } from '../../domain/decision.js';
import type { PipelineKey } from '../../domain/pipeline/events.js';
import type { Projector } from '../projector.js';
import type { Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { PipelineRegistrationRow } from './entity.js';

const REGISTRATIONS: Table<PipelineRegistrationRow> = { entity: PipelineRegistrationRow, key: ['id', 'position'] };

type PipelineEvent = Extract<
  ViewEvent,
  {
    type:
      | 'PipelineRegistered.v1'
      | 'PipelineSuspended.v1'
      | 'PipelineReinstated.v1'
      | 'PipelineKeyAdded.v1'
      | 'PipelineKeyRevoked.v1';
  }
>;

/** The registered pipelines, and each one's registration at any moment. */
export const pipelinesProjector: Projector = {
  view: 'pipelines',
  version: 3,
  entities: [PipelineRegistrationRow],
  async project(events, rows) {
    const own = events.filter(isPipelineEvent);
    const ids = [...new Set(own.map((event) => event.data.id))];
    const found = await rows.find(
      REGISTRATIONS,
      ids.map((id) => [id]),
      'position',
    );
    const current = new Map(ids.map((id, index) => [id, found[index]]));
    for (const event of own) {
      const next = follow(current.get(event.data.id), event);
      current.set(event.data.id, next);
      rows.of(REGISTRATIONS).insert(next);
    }
  },
};

const TYPES: ReadonlySet<string> = new Set<PipelineEvent['type']>([
  'PipelineRegistered.v1',
  'PipelineSuspended.v1',
  'PipelineReinstated.v1',
  'PipelineKeyAdded.v1',
  'PipelineKeyRevoked.v1',
]);

const isPipelineEvent = (event: ViewEvent): event is PipelineEvent => TYPES.has(event.type);

function follow(before: PipelineRegistrationRow | undefined, event: PipelineEvent): PipelineRegistrationRow {
  const { position, recordedAt } = event;
  switch (event.type) {
    case 'PipelineRegistered.v1': {
      const { id, name, mayBake, mayAttest, mayPromoteTo, identities = [], oidc, keys = [] } = event.data;
      const bounds = {
        mayBake: JSON.stringify(mayBake),
        mayAttest: mayAttest ? JSON.stringify(mayAttest) : null,
        mayPromoteTo: JSON.stringify(mayPromoteTo),
      };
      const proof = { identities: JSON.stringify(identities), oidc: oidc ? JSON.stringify(oidc) : null };
      const { status, since, pipelineKeys } = before ?? {
        ...{ status: 'active', since: recordedAt },
        pipelineKeys: JSON.stringify(keys),
      };
      return { id, position, name, ...bounds, ...proof, pipelineKeys, status, since };
    }
    case 'PipelineSuspended.v1':
      return { ...registered(before, event), position, status: 'suspended', since: recordedAt };
    case 'PipelineReinstated.v1':
      return { ...registered(before, event), position, status: 'active', since: recordedAt };
    case 'PipelineKeyAdded.v1': {
      const { id: _pipeline, ...key } = event.data;
      return withKeys(registered(before, event), position, (keys) => [...keys, key]);
    }
    case 'PipelineKeyRevoked.v1': {
      const { keyId } = event.data;
      return withKeys(registered(before, event), position, (keys) => keys.filter((key) => key.keyId !== keyId));
    }
    default:
      return unreachable(event);
  }
}

function withKeys(
  before: PipelineRegistrationRow,
  position: number,
  change: (keys: readonly PipelineKey[]) => readonly PipelineKey[],
): PipelineRegistrationRow {
  const keys = JSON.parse(before.pipelineKeys) as PipelineKey[];
  return { ...before, position, pipelineKeys: JSON.stringify(change(keys)) };
}

function registered(before: PipelineRegistrationRow | undefined, event: PipelineEvent): PipelineRegistrationRow {
  if (before) return before;
  throw new Error(`event ${event.id} at position ${event.position} is about a pipeline that was never registered`);
}
