import { accept, reject, unreachable, type Decision } from '../decision.js';
import type { IncidentCommand, ReportIncident, ResolveIncident } from './commands.js';
import type { IncidentEvent, NamedChange } from './events.js';
import type { IncidentState } from './state.js';

/** A change that the command names; `undefined` where it names none, `unknown` where the ledger has no such change. */
export type Named = NamedChange | 'unknown' | undefined;

export interface IncidentContext {
  readonly occurredAt: string;
  readonly blamed: Named;
  readonly mendedBy: Named;
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

function report(
  { id, severity, startedAt, environment, service, change, remarks }: ReportIncident,
  state: IncidentState,
  { blamed }: IncidentContext,
): Decision<IncidentEvent> {
  if (state.status !== 'none') return reject('already-exists', `There is an incident ${id} already.`);
  if (blamed === 'unknown') return unknownChange(change);
  if (blamed && environment !== undefined && environment !== blamed.environment) {
    return reject('invalid-reference', `The change ${change} was in ${blamed.environment}, not in ${environment}.`);
  }
  const place = blamed ?? { environment, service };
  return accept({
    type: 'IncidentReported.v1',
    data: {
      id,
      severity,
      startedAt,
      ...(place.environment !== undefined && { environment: place.environment }),
      ...(place.service !== undefined && { service: place.service }),
      ...(blamed && { blamed }),
    },
    remarks,
  });
}

function resolve(
  { id, resolvedAt: given, change, mendedBy: mendedById, remarks }: ResolveIncident,
  state: IncidentState,
  { blamed, mendedBy, occurredAt }: IncidentContext,
): Decision<IncidentEvent> {
  if (state.status === 'none') return reject('not-found', `There is no incident ${id}.`);
  if (state.status === 'resolved') return reject('incident-not-open', `The incident ${id} is resolved already.`);
  if (blamed === 'unknown') return unknownChange(change);
  if (mendedBy === 'unknown') return unknownChange(mendedById);
  const resolvedAt = given ?? occurredAt;
  if (resolvedAt < state.startedAt) {
    return reject('invalid-reference', `The incident ${id} began at ${state.startedAt}, after ${resolvedAt}.`);
  }
  return accept({
    type: 'IncidentResolved.v1',
    data: { id, resolvedAt, ...(blamed && { blamed }), ...(mendedBy && { mendedBy }) },
    remarks,
  });
}

const unknownChange = (id: string | undefined): Decision<IncidentEvent> =>
  reject('invalid-reference', `The ledger has no change ${id} in any environment.`);
