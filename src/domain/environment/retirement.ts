import { accept, refuse, type Decision } from '../decision.js';
import { promotionRefusal } from '../pipeline/permission.js';
import type { Refusal } from '../refusal.js';
import type { Retire } from './commands.js';
import type { EnvironmentContext } from './context.js';
import type { EnvironmentEvent } from './events.js';
import { pipelineOf, replacedBy } from './change.js';
import { backDated, firstRefusal, outOfOrder } from './rules.js';
import { serviceOf, type DefinedEnvironment, type Instance, type ServiceState } from './state.js';

/** Recycles one deprecated instance, or, without a digest, the whole service with what is live. */
export function decideRetirement(
  command: Retire,
  state: DefinedEnvironment,
  context: EnvironmentContext,
): Decision<EnvironmentEvent> {
  const { environment, service, remarks } = command;
  const current = serviceOf(state, service);
  const refusal =
    promotionRefusal(context.caller, environment, service) ??
    firstRefusal([backDated, outOfOrder], { state, service, context }) ??
    openCandidateRefusal(command, current);
  if (refusal) return refuse(refusal);

  const retired = command.digest === undefined ? wholeService(current) : oneInstance(current, command.digest);
  if (!retired) return refuse(notRetirable(command, current));
  const { component, digest, version, layer } = retired;
  const data = {
    environment,
    changeId: context.eventId,
    service,
    component,
    digest,
    version,
    layer,
    ...pipelineOf(context),
  };
  if (command.digest !== undefined) return accept({ type: 'ArtifactRetired.v1', data, remarks });
  const recycled = current.deprecated.map((instance) => instance.digest);
  return accept({ type: 'ServiceRetired.v1', data: { ...data, ...replacedBy(current.live), recycled }, remarks });
}

const wholeService = ({ live, deprecated }: ServiceState): Instance | undefined => live ?? deprecated.at(-1);

const oneInstance = ({ live, deprecated }: ServiceState, digest: string): Instance | undefined =>
  live?.digest === digest ? undefined : deprecated.find((instance) => instance.digest === digest);

/** A candidate is not live and not deprecated: it is abandoned, not retired. */
function openCandidateRefusal({ service, digest }: Retire, { candidate }: ServiceState): Refusal | undefined {
  if (!candidate || (digest !== undefined && candidate.started.digest !== digest)) return undefined;
  const { changeId } = candidate.started;
  return {
    reason: 'promotion-in-progress',
    detail: `${service} has an open candidate, ${candidate.started.digest} (change ${changeId}).`,
    rule: 'always',
    missing: [`end of change ${changeId}`],
    hint: 'Abandon the candidate first (…/promotions/{changeId}/abandonment), or switch to it.',
  };
}

function notRetirable({ environment, service, digest }: Retire, { live }: ServiceState): Refusal {
  if (digest !== undefined && live?.digest === digest) {
    return {
      reason: 'still-live',
      detail: `${digest} takes the traffic of ${service} in ${environment}.`,
      rule: 'always',
      missing: [`a switch of ${service} to another artifact`],
      hint: 'Switch to its successor first; to take the whole service away, retire it without a digest.',
    };
  }
  return {
    reason: 'not-deployed',
    detail: `${digest ?? service} is not deployed ${digest === undefined ? '' : `as ${service} `}in ${environment}.`,
    rule: 'always',
    missing: [`${digest ?? service} in ${environment}`],
    hint: `Check the name of the service and of the environment (GET /v1/environments/${environment}/known-good).`,
  };
}
