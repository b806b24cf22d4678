import type { ChangeFacts } from '../../domain/environment/events.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import { decide, placesOf, type IncidentContext, type Named } from '../../domain/incident/decide.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { environmentOfStream, environmentStream, incidentStream } from '../../domain/streams.js';
import type { EventReader } from '../../event-store/port.js';
import type { Aggregate, Scope } from '../aggregate.js';
import { environmentFolding, incidentFolding } from './foldings.js';

export const incidentAggregate = (
  reader: EventReader,
): Aggregate<IncidentCommand, IncidentState, IncidentEvent, IncidentContext> => ({
  ...incidentFolding,
  stream: ({ id }) => incidentStream(id),
  isLikelyNew: ({ kind }) => kind === 'report-incident',
  gather: async (command, _state, scope) => ({
    caller: await scope.caller(),
    occurredAt: scope.occurredAt,
    blamed: await named(reader, command.change),
    mendedBy: await named(reader, command.kind === 'resolve-incident' ? command.mendedBy : undefined),
    isEnvironmentDefined: await isEnvironmentDefined(command, scope),
  }),
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: (command, state, context) => {
    const service = placesOf(command, state, context)[0]?.service;
    return {
      ...(service !== undefined && { service }),
      ...(context.caller.kind === 'pipeline' && { pipeline: context.caller.id }),
      ...(command.change !== undefined && { changeId: command.change }),
    };
  },
  policy: (command, state, context) => {
    const environment = placesOf(command, state, context)[0]?.environment;
    return environment === undefined ? {} : { environment };
  },
});

/** True as well where the command names none. */
async function isEnvironmentDefined(command: IncidentCommand, scope: Scope): Promise<boolean> {
  if (command.kind !== 'report-incident' || command.environment === undefined) return true;
  const { status } = await scope.read(environmentFolding, environmentStream(command.environment));
  return status === 'defined';
}

/** A change is known by the id of its first event, which is in its environment's stream. */
async function named(reader: EventReader, id: string | undefined): Promise<Named> {
  if (id === undefined) return undefined;
  const event = await reader.findById(id);
  if (!event || environmentOfStream(event.stream) === undefined) return 'unknown';
  const { changeId, environment, service, component, digest } = JSON.parse(event.data) as Partial<ChangeFacts>;
  if (changeId !== id || !environment || !service || !component || !digest) return 'unknown';
  return { change: { changeId, environment, service, component, digest }, beganAt: event.occurredAt };
}
