import type { EnvironmentCommand, RollBack } from '../../domain/environment/commands.js';
import type { EnvironmentContext } from '../../domain/environment/context.js';
import { openCandidate } from '../../domain/environment/change.js';
import { decide, defaultOccurredAt, serviceNamed } from '../../domain/environment/decide.js';
import type { EnvironmentEvent } from '../../domain/environment/events.js';
import { rollBackTargets } from '../../domain/environment/rollback.js';
import type { DefinedEnvironment, EnvironmentState } from '../../domain/environment/state.js';
import type { RefusalSubject } from '../../domain/refusal.js';
import { environmentStream } from '../../domain/streams.js';
import type { Aggregate, Scope } from '../aggregate.js';
import { artifactFacts } from './artifact-facts.js';
import { environmentFolding } from './foldings.js';
import type { History } from './stage.js';

export function environmentAggregate(
  history: History,
): Aggregate<EnvironmentCommand, EnvironmentState, EnvironmentEvent, EnvironmentContext> {
  return {
    ...environmentFolding,
    stream: ({ environment }) => environmentStream(environment),
    gather: async (command, state, scope) => ({
      caller: await scope.caller(),
      channel: scope.envelope.channel,
      occurredAt: scope.occurredAt,
      now: scope.now,
      eventId: scope.eventId,
      ...(await factsFor(command, state, { scope, history })),
    }),
    decide,
    defaultOccurredAt: (command, state, now) => defaultOccurredAt(serviceNamed(command, state), state, now),
    subject,
    policy: ({ environment }, state) => ({
      environment,
      ...(state.status === 'defined' && { policyRevision: state.policyRevision }),
    }),
  };
}

type Facts = Pick<EnvironmentContext, 'isSourceDefined' | 'artifact' | 'stage' | 'target'>;

interface Sources {
  readonly scope: Scope;
  readonly history: History;
}

async function factsFor(command: EnvironmentCommand, state: EnvironmentState, sources: Sources): Promise<Facts> {
  const { scope } = sources;
  if (command.kind === 'define-environment') {
    if (command.promotesFrom === undefined) return {};
    const source = await scope.read(environmentFolding, environmentStream(command.promotesFrom));
    return { isSourceDefined: source.status === 'defined' };
  }
  if (state.status === 'undefined') return {};
  switch (command.kind) {
    case 'promote':
      return promotionFacts(command.digest, state, sources);
    case 'switch': {
      const open = openCandidate(state, command.changeId);
      return open ? promotionFacts(open.candidate.started.digest, state, sources) : {};
    }
    case 'roll-back':
      return rollBackFacts(command, state, sources);
    default:
      return {};
  }
}

async function promotionFacts(digest: string, state: DefinedEnvironment, { scope, history }: Sources): Promise<Facts> {
  const artifact = await artifactFacts(digest, scope);
  if (artifact.state.status === 'unknown') return { artifact };
  const stage = await history.stageStanding(state, digest, scope);
  return { artifact, ...(stage && { stage }) };
}

/** The best target that is not revoked; where every one is, the first, so that the refusal can name it. */
async function rollBackFacts(
  command: RollBack,
  state: DefinedEnvironment,
  { scope, history }: Sources,
): Promise<Facts> {
  const { environment, service, digest } = command;
  const known = rollBackTargets(command, state);
  const older = known.length === 0 && digest !== undefined && (await history.wasLive(environment, service, digest));
  let first: Facts = {};
  for (const target of older ? [older] : known) {
    const artifact = await artifactFacts(target.digest, scope);
    if (!artifact.state.revoked && artifact.revokedBase === undefined) return { target, artifact };
    if (!first.target) first = { target, artifact };
  }
  return first;
}

function subject(command: EnvironmentCommand, state: EnvironmentState, context: EnvironmentContext): RefusalSubject {
  const identity = context.artifact?.state.status === 'baked' ? context.artifact.state.identity : undefined;
  const open = 'changeId' in command && state.status === 'defined' && openCandidate(state, command.changeId);
  const started = open ? open.candidate.started : undefined;
  const service = serviceNamed(command, state) ?? identity?.component;
  const digest = ('digest' in command ? command.digest : undefined) ?? started?.digest ?? context.target?.digest;
  const component = identity?.component ?? started?.component;
  const layer = identity?.layer ?? started?.layer;
  return {
    ...(digest !== undefined && { digest }),
    ...(service !== undefined && { service }),
    ...(component !== undefined && { component }),
    ...(layer !== undefined && { layer }),
    ...(context.caller.kind === 'pipeline' && { pipeline: context.caller.id }),
    ...('changeId' in command && { changeId: command.changeId }),
  };
}
