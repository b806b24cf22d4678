import type { Projector } from '../projector.js';
import type { Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { Incident } from './entity.js';

const INCIDENTS: Table<Incident> = { entity: Incident, key: ['id'] };

type EventOf<Type extends ViewEvent['type']> = Extract<ViewEvent, { type: Type }>;

/** Incidents with the change that each blames and the one that mended it. */
export const incidentsProjector: Projector = {
  view: 'incidents',
  version: 1,
  entities: [Incident],
  project(events, rows) {
    for (const event of events) {
      if (event.type === 'IncidentReported.v1') rows.of(INCIDENTS).insert(reported(event));
      else if (event.type === 'IncidentResolved.v1') rows.of(INCIDENTS).update([event.data.id], resolved(event));
    }
    return Promise.resolve();
  },
};

function reported(event: EventOf<'IncidentReported.v1'>): Incident {
  const { data, position, actor, remarks } = event;
  return {
    id: data.id,
    firstPosition: position,
    eventId: event.id,
    severity: data.severity,
    environment: data.environment ?? null,
    service: data.service ?? null,
    startedAt: data.startedAt,
    reportedAt: event.recordedAt,
    reportedOccurredAt: event.occurredAt,
    actor,
    changeId: data.blamed?.changeId ?? null,
    ticket: remarks.ticket ?? null,
    note: remarks.reason ?? null,
    resolvedPosition: null,
    resolvedAt: null,
    resolvedBy: null,
    resolution: null,
    finalChangeId: null,
    mendedBy: null,
  };
}

const resolved = ({ data, position, actor, remarks }: EventOf<'IncidentResolved.v1'>): Partial<Incident> => ({
  resolvedPosition: position,
  resolvedAt: data.resolvedAt,
  resolvedBy: actor,
  resolution: remarks.reason ?? null,
  finalChangeId: data.blamed?.changeId ?? null,
  mendedBy: data.mendedBy?.changeId ?? null,
});
