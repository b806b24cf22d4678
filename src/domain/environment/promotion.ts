import { unknownArtifact } from '../artifact/decide.js';
import { accept, refuse, reject, type Decision } from '../decision.js';
import { promotionRefusal } from '../pipeline/permission.js';
import type { Refusal } from '../refusal.js';
import type { Promote, SwitchTraffic } from './commands.js';
import type { EnvironmentContext } from './context.js';
import type { ArtifactPromoted, EnvironmentEvent } from './events.js';
import { CHANGE_RULES, SAFETY_RULES, type PromotionFacts } from './promotion-rules.js';
import { firstRefusal } from './rules.js';
import { openCandidate, pipelineOf, replacedBy } from './change.js';
import { serviceOf, type DefinedEnvironment } from './state.js';

/** Blue/green starts a candidate beside the live artifact; all-at-once is one switch that recycles what it replaced. */
export function decidePromotion(
  command: Promote,
  state: DefinedEnvironment,
  context: EnvironmentContext,
): Decision<EnvironmentEvent> {
  const { environment, digest, strategy, changeType, basedOn, remarks } = command;
  const artifact = context.artifact?.state;
  const service = command.service ?? (artifact?.status === 'baked' ? artifact.identity.component : undefined);
  const forbidden = promotionRefusal(context.caller, environment, service);
  if (forbidden) return refuse(forbidden);
  if (artifact?.status !== 'baked' || service === undefined) return refuse(unknownArtifact(digest));

  const { component, version, layer } = artifact.identity;
  const data = {
    environment,
    changeId: context.eventId,
    service,
    component,
    digest,
    version,
    layer,
    ...pipelineOf(context),
    strategy,
    changeType,
    ...(basedOn !== undefined && { basedOn }),
  };
  const facts: PromotionFacts = { ...data, state, context, artifact: { ...context.artifact, state: artifact } };
  const refusal = refusalOf(facts);
  if (refusal) return refuse(refusal);
  if (isLive(facts) || strategy === 'all-at-once') {
    return accept(switched(facts, data, remarks));
  }
  return accept({ type: 'PromotionStarted.v1', data, remarks });
}

/** The switch decides every rule again: much can have happened since the candidate was started. */
export function decideSwitch(
  command: SwitchTraffic,
  state: DefinedEnvironment,
  context: EnvironmentContext,
): Decision<EnvironmentEvent> {
  const found = openCandidate(state, command.changeId);
  if (!found) return reject('change-not-open', `Change ${command.changeId} is not open in ${command.environment}.`);
  const { candidate, service } = found;
  const forbidden = promotionRefusal(context.caller, command.environment, service);
  if (forbidden) return refuse(forbidden);
  const artifact = context.artifact?.state;
  if (artifact?.status !== 'baked') return refuse(unknownArtifact(candidate.started.digest));
  if (candidate.status !== 'validated') return refuse(notValidated(command.changeId, candidate.started.digest));

  const { basedOn: startedOn, pipeline: _startedBy, ...started } = candidate.started;
  const basedOn = command.basedOn ?? startedOn;
  const data = { ...started, ...pipelineOf(context), ...(basedOn !== undefined && { basedOn }) };
  const facts: PromotionFacts = {
    ...data,
    candidate,
    state,
    context,
    artifact: { ...context.artifact, state: artifact },
  };
  const refusal = refusalOf(facts);
  return refusal ? refuse(refusal) : accept(switched(facts, data, command.remarks));
}

function refusalOf(facts: PromotionFacts): Refusal | undefined {
  return firstRefusal(SAFETY_RULES, facts) ?? (isLive(facts) ? undefined : firstRefusal(CHANGE_RULES, facts));
}

const isLive = ({ state, service, digest }: PromotionFacts): boolean =>
  serviceOf(state, service).live?.digest === digest;

function switched(
  facts: PromotionFacts,
  data: Omit<ArtifactPromoted['data'], 'replaced' | 'recycled' | 'unchanged'>,
  remarks: ArtifactPromoted['remarks'],
): ArtifactPromoted {
  const unchanged = isLive(facts);
  const live = unchanged ? undefined : serviceOf(facts.state, facts.service).live;
  return {
    type: 'ArtifactPromoted.v1',
    data: { ...data, ...replacedBy(live), recycled: facts.strategy === 'all-at-once' && live !== undefined, unchanged },
    remarks,
  };
}

function notValidated(changeId: string, digest: string): Refusal {
  return {
    reason: 'candidate-not-validated',
    detail: `The candidate ${digest} of change ${changeId} has not passed its validation.`,
    rule: 'always',
    missing: ['validation with result passed'],
    hint: `Prove the candidate and post the result (…/promotions/${changeId}/validation), then switch.`,
  };
}
