import { refuse, reject, accept, type Decision } from '../decision.js';
import { promotionRefusal } from '../pipeline/permission.js';
import type { AbandonPromotion, ValidateCandidate } from './commands.js';
import type { EnvironmentContext } from './context.js';
import type { ChangeFacts, EnvironmentEvent, Replaced } from './events.js';
import { backDated, firstRefusal, outOfOrder } from './rules.js';
import { serviceOf, type Candidate, type DefinedEnvironment, type Instance } from './state.js';

/** The open candidate of a change, and its service. */
export function openCandidate(
  state: DefinedEnvironment,
  changeId: string,
): { candidate: Candidate; service: string } | undefined {
  const service = state.open.get(changeId);
  const candidate = service === undefined ? undefined : serviceOf(state, service).candidate;
  return service === undefined || !candidate ? undefined : { candidate, service };
}

export const pipelineOf = ({ caller }: EnvironmentContext): { pipeline?: string } =>
  caller.kind === 'pipeline' ? { pipeline: caller.id } : {};

export const replacedBy = (live: Instance | undefined): { replaced?: Replaced } =>
  live ? { replaced: { digest: live.digest, changeId: live.changeId } } : {};

/** The candidate passed or failed its validation, or is given up. A failure ends the change. */
export function decideCandidate(
  command: ValidateCandidate | AbandonPromotion,
  state: DefinedEnvironment,
  context: EnvironmentContext,
): Decision<EnvironmentEvent> {
  const found = openCandidate(state, command.changeId);
  if (!found) return reject('change-not-open', `Change ${command.changeId} is not open in ${command.environment}.`);
  const { service, candidate } = found;
  const refusal =
    promotionRefusal(context.caller, command.environment, service) ??
    firstRefusal([backDated, outOfOrder], { state, service, context });
  if (refusal) return refuse(refusal);

  const { environment, changeId, component, digest, version, layer } = candidate.started;
  const data: ChangeFacts = {
    environment,
    changeId,
    service,
    component,
    digest,
    version,
    layer,
    ...pipelineOf(context),
  };
  if (command.kind === 'abandon') return accept({ type: 'PromotionAbandoned.v1', data, remarks: command.remarks });
  return accept({
    type: command.result === 'passed' ? 'CandidateValidated.v1' : 'CandidateFailed.v1',
    data: { ...data, ...(command.evidence && { evidence: command.evidence }) },
    remarks: command.remarks,
  });
}
