import type { Projector } from '../projector.js';
import type { Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { EventIndex } from './entity.js';

const EVENTS: Table<EventIndex> = { entity: EventIndex, key: ['position'] };

/** Where every event is, by what one looks for it. */
export const eventsProjector: Projector = {
  view: 'events',
  version: 2,
  entities: [EventIndex],
  project(events, rows) {
    const index = rows.of(EVENTS);
    for (const event of events) index.insert(indexed(event));
    return Promise.resolve();
  },
};

function indexed(event: ViewEvent): EventIndex {
  const { position, id, stream, revision, type, actor, recordedAt, occurredAt } = event;
  const data = event.data as Readonly<Record<string, unknown>>;
  const subject = subjectOf(event) as Readonly<Record<string, unknown>>;
  return {
    position,
    id,
    stream,
    revision,
    type,
    environment: textOrNull(data['environment']),
    service: textOrNull(subject['service']),
    digest: textOrNull(subject['digest']),
    changeId: textOrNull(subject['changeId']) ?? (event.type === 'ChangeRefused.v1' ? id : null),
    actor,
    recordedAt,
    occurredAt,
  };
}

/** What an event is about: a refusal's command, an incident's blamed change, or what the event itself says. */
function subjectOf(event: ViewEvent): object {
  switch (event.type) {
    case 'ChangeRefused.v1':
      return event.data.subject;
    case 'IncidentReported.v1':
    case 'IncidentResolved.v1':
      return event.data.blamed ?? event.data;
    default:
      return event.data;
  }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
