import type { ChangeFacts } from '../../domain/environment/events.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import { decide, type IncidentContext, type Named } from '../../domain/incident/decide.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { environmentOfStream, incidentStream } from '../../domain/streams.js';
import type { EventReader } from '../../event-store/port.js';
import type { Aggregate } from '../aggregate.js';
import { incidentFolding } from './foldings.js';

export const incidentAggregate = (
  reader: EventReader,
): Aggregate<IncidentCommand, IncidentState, IncidentEvent, IncidentContext> => ({
  ...incidentFolding,
  stream: ({ id }) => incidentStream(id),
  isLikelyNew: ({ kind }) => kind === 'report-incident',
  gather: async (command, _state, { occurredAt }) => ({
    occurredAt,
    blamed: await named(reader, command.change),
    mendedBy: await named(reader, command.kind === 'resolve-incident' ? command.mendedBy : undefined),
  }),
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: () => ({}),
});

/** A change is known by the id of its first event, which is in its environment's stream. */
async function named(reader: EventReader, id: string | undefined): Promise<Named> {
  if (id === undefined) return undefined;
  const event = await reader.findById(id);
  if (!event || environmentOfStream(event.stream) === undefined) return 'unknown';
  const { changeId, environment, service, component, digest } = JSON.parse(event.data) as Partial<ChangeFacts>;
  if (changeId !== id || !environment || !service || !component || !digest) return 'unknown';
  return { changeId, environment, service, component, digest };
}
