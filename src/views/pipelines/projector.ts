import { unreachable } from '../../domain/decision.js';
import type { Projector } from '../projector.js';
import type { Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { PipelineRegistrationRow } from './entity.js';

const REGISTRATIONS: Table<PipelineRegistrationRow> = { entity: PipelineRegistrationRow, key: ['id', 'position'] };

type PipelineEvent = Extract<
  ViewEvent,
  { type: 'PipelineRegistered.v1' | 'PipelineSuspended.v1' | 'PipelineReinstated.v1' }
>;

/** The registered pipelines, and each one's registration at any moment. */
export const pipelinesProjector: Projector = {
  view: 'pipelines',
  version: 1,
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

const isPipelineEvent = (event: ViewEvent): event is PipelineEvent =>
  event.type === 'PipelineRegistered.v1' ||
  event.type === 'PipelineSuspended.v1' ||
  event.type === 'PipelineReinstated.v1';

function follow(before: PipelineRegistrationRow | undefined, event: PipelineEvent): PipelineRegistrationRow {
  const { position, recordedAt } = event;
  switch (event.type) {
    case 'PipelineRegistered.v1': {
      const { id, name, mayBake, mayPromoteTo } = event.data;
      const { status, since } = before ?? { status: 'active' as const, since: recordedAt };
      const lists = { mayBake: JSON.stringify(mayBake), mayPromoteTo: JSON.stringify(mayPromoteTo) };
      return { id, position, name, ...lists, status, since };
    }
    case 'PipelineSuspended.v1':
      return { ...registered(before, event), position, status: 'suspended', since: recordedAt };
    case 'PipelineReinstated.v1':
      return { ...registered(before, event), position, status: 'active', since: recordedAt };
    default:
      return unreachable(event);
  }
}

function registered(before: PipelineRegistrationRow | undefined, event: PipelineEvent): PipelineRegistrationRow {
  if (before) return before;
  throw new Error(`event ${event.id} at position ${event.position} is about a pipeline that was never registered`);
}
