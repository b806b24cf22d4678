import { accept, refuse, reject, unreachable, type Decision } from '../decision.js';
import { promotionRefusal, standingRefusal, type Caller } from '../pipeline/permission.js';
import type { Refusal } from '../refusal.js';
import type { IncidentCommand, ReportIncident, ResolveIncident } from './commands.js';
import type { IncidentEvent, NamedChange } from './events.js';
import type { IncidentState, Place } from './state.js';

/** A change that the ledger has, and when it began by the pipelines' clock. */
export interface FoundChange {
  readonly change: NamedChange;
  readonly beganAt: string;
}

/** A change that the command names; `undefined` where it names none, `unknown` where the ledger has no such change. */
export type Named = FoundChange | 'unknown' | undefined;

export interface IncidentContext {
  readonly caller: Caller;
  readonly occurredAt: string;
  readonly blamed: Named;
  readonly mendedBy: Named;
  /** False where the report names an environment that nobody defined. */
  readonly isEnvironmentDefined: boolean;
}

export function decide(
  command: IncidentCommand,
  state: IncidentState,
  context: IncidentContext,
): Decision<IncidentEvent> {
  switch (command.kind) {
    case 'report-incident':
      return report(command, state, context);
    case 'resolve-incident':
      return resolve(command, state, context);
    default:
      return unreachable(command);
  }
}

/** Places whose metrics the command touches: the blamed change's first, then the incident's own. */
export function placesOf(
  command: IncidentCommand,
  state: IncidentState,
  { blamed }: Pick<IncidentContext, 'blamed'>,
): Place[] {
  const places: Place[] = blamed === undefined || blamed === 'unknown' ? [] : [blamed.change];
  if (command.kind === 'report-incident') places.push(command);
  else if (state.status === 'open') places.push(state);
  return places;
}

function report(command: ReportIncident, state: IncidentState, context: IncidentContext): Decision<IncidentEvent> {
  const { id, severity, startedAt, environment, change, remarks } = command;
  const { blamed } = context;
  if (state.status !== 'none') return reject('already-exists', `There is an incident ${id} already.`);
  const refusal = placeRefusal(context.caller, placesOf(command, state, context));
  if (refusal) return refuse(refusal);
  if (!context.isEnvironmentDefined) {
    return reject('invalid-reference', `No environment ${environment} is defined.`);
  }
  if (blamed === 'unknown') return unknownChange(change);
  if (blamed) {
    const fault = misplaced(command, blamed.change) ?? blamedTooEarly(startedAt, blamed);
    if (fault !== undefined) return reject('invalid-reference', fault);
  }
  const place: Place = blamed?.change ?? command;
  return accept({
    type: 'IncidentReported.v1',
    data: {
      id,
      severity,
      startedAt,
      ...(place.environment !== undefined && { environment: place.environment }),
      ...(place.service !== undefined && { service: place.service }),
      ...(blamed && { blamed: blamed.change }),
    },
    remarks,
  });
}

function resolve(command: ResolveIncident, state: IncidentState, context: IncidentContext): Decision<IncidentEvent> {
  const { id, resolvedAt: given, change, mendedBy: mendedById, remarks } = command;
  const { blamed, mendedBy, occurredAt } = context;
  if (state.status === 'none') return reject('not-found', `There is no incident ${id}.`);
  if (state.status === 'resolved') return reject('incident-not-open', `The incident ${id} is resolved already.`);
  const refusal = placeRefusal(context.caller, placesOf(command, state, context));
  if (refusal) return refuse(refusal);
  if (blamed === 'unknown') return unknownChange(change);
  if (mendedBy === 'unknown') return unknownChange(mendedById);
  const fault = blamed && blamedTooEarly(state.startedAt, blamed);
  if (fault !== undefined) return reject('invalid-reference', fault);
  if (mendedBy && mendedBy.change.changeId === (blamed?.change.changeId ?? state.blamed)) {
    return reject('invalid-reference', `The change ${mendedById} is blamed for ${id}, so it did not mend it.`);
  }
  const resolvedAt = given ?? occurredAt;
  if (resolvedAt < state.startedAt) {
    return reject('invalid-reference', `The incident ${id} began at ${state.startedAt}, after ${resolvedAt}.`);
  }
  return accept({
    type: 'IncidentResolved.v1',
    data: {
      ...{ id, resolvedAt },
      ...(blamed && { blamed: blamed.change }),
      ...(mendedBy && { mendedBy: mendedBy.change }),
    },
    remarks,
  });
}

/** An incident weighs on the metrics of its place, so a pipeline tells only of places that it may change. */
function placeRefusal(caller: Caller, places: readonly Place[]): Refusal | undefined {
  for (const { environment, service } of places) {
    const refusal = environment === undefined ? undefined : promotionRefusal(caller, environment, service);
    if (refusal) return refusal;
  }
  return standingRefusal(caller);
}

function misplaced({ environment, service }: Place, blamed: NamedChange): string | undefined {
  const { changeId } = blamed;
  if (environment !== undefined && environment !== blamed.environment) {
    return `The change ${changeId} was in ${blamed.environment}, not in ${environment}.`;
  }
  if (service === undefined || service === blamed.service) return undefined;
  return `The change ${changeId} was of ${blamed.service}, not of ${service}.`;
}

const blamedTooEarly = (startedAt: string, { change, beganAt }: FoundChange): string | undefined =>
  startedAt < beganAt
    ? `The change ${change.changeId} began at ${beganAt}, after the incident, which began at ${startedAt}.`
    : undefined;

const unknownChange = (id: string | undefined): Decision<IncidentEvent> =>
  reject('invalid-reference', `The ledger has no change ${id} in any environment.`);
