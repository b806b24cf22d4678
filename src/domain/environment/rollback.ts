import { accept, refuse, type Decision } from '../decision.js';
import { promotionRefusal } from '../pipeline/permission.js';
import type { Refusal } from '../refusal.js';
import type { RollBack } from './commands.js';
import type { EnvironmentContext } from './context.js';
import type { EnvironmentEvent } from './events.js';
import { artifactRevoked } from './promotion-rules.js';
import { pipelineOf } from './change.js';
import { backDated, firstRefusal, outOfOrder } from './rules.js';
import { serviceOf, type DefinedEnvironment, type Instance } from './state.js';

/**
 * Instances that a roll-back may go back to, best first, as far as the state knows: for a named digest that one, else
 * what was live before, newest first. What was withdrawn is never among them.
 */
export function rollBackTargets(command: RollBack, state: DefinedEnvironment): readonly Instance[] {
  const { live, previous } = serviceOf(state, command.service);
  const standing = previous.filter(({ digest }) => !state.withdrawn.has(digest));
  if (command.digest === undefined) return standing;
  return [...(live ? [live] : []), ...standing].filter(({ digest }) => digest === command.digest);
}

/** Back to an earlier known-good digest. It is the way out of trouble, so neither stage, soak nor strategy bind it. */
export function decideRollBack(
  command: RollBack,
  state: DefinedEnvironment,
  context: EnvironmentContext,
): Decision<EnvironmentEvent> {
  const { environment, service, remarks } = command;
  const { live } = serviceOf(state, service);
  const { target } = context;
  const refusal =
    promotionRefusal(context.caller, environment, service) ??
    firstRefusal([backDated, outOfOrder], { state, service, context });
  if (refusal) return refuse(refusal);
  if (!live || !target || state.withdrawn.has(target.digest)) return refuse(noWayBack(command, state));
  const revoked = revokedTarget(context, target);
  if (revoked) return refuse(revoked);

  const { digest, component, version, layer } = target;
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
  const unchanged = digest === live.digest;
  const withdrawn = unchanged ? {} : { withdrawn: { digest: live.digest, changeId: live.changeId } };
  return accept({ type: 'ArtifactRolledBack.v1', data: { ...data, ...withdrawn, unchanged }, remarks });
}

function revokedTarget({ artifact }: EnvironmentContext, { digest }: Instance): Refusal | undefined {
  if (artifact?.state.status !== 'baked') return undefined;
  return artifactRevoked({ digest, artifact: { ...artifact, state: artifact.state } });
}

function noWayBack({ environment, service, digest }: RollBack, state: DefinedEnvironment): Refusal {
  const isLive = serviceOf(state, service).live !== undefined;
  const isWithdrawn = digest !== undefined && state.withdrawn.has(digest);
  return {
    reason: 'not-deployed',
    detail: !isLive
      ? `${service} has nothing live in ${environment} to roll back from.`
      : digest === undefined
        ? `${service} has no earlier known-good artifact in ${environment}.`
        : isWithdrawn
          ? `${digest} was itself rolled back away from in ${environment}.`
          : `${digest} was never live as ${service} in ${environment}.`,
    rule: 'always',
    missing: [isLive ? `an earlier known-good artifact of ${service}` : `${service} live in ${environment}`],
    hint: `See what was known-good here (GET /v1/environments/${environment}/known-good with asOf), or promote a mended artifact.`,
  };
}
