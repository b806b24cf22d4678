import { accept, reject, unreachable, type Decision } from '../decision.js';
import type { ChangePolicy, DefineEnvironment, EnvironmentCommand } from './commands.js';
import type { EnvironmentContext } from './context.js';
import { decideCandidate } from './change.js';
import type { EnvironmentEvent } from './events.js';
import { decidePromotion, decideSwitch } from './promotion.js';
import { decideRetirement } from './retirement.js';
import { decideRollBack } from './rollback.js';
import { serviceOf, type DefinedEnvironment, type EnvironmentState } from './state.js';

export function decide(
  command: EnvironmentCommand,
  state: EnvironmentState,
  context: EnvironmentContext,
): Decision<EnvironmentEvent> {
  if (command.kind === 'define-environment') return defineEnvironment(command, state, context);
  if (state.status === 'undefined') return reject('not-found', `No environment ${command.environment} is defined.`);
  switch (command.kind) {
    case 'change-policy':
      return changePolicy(command, state);
    case 'promote':
      return decidePromotion(command, state, context);
    case 'validate':
    case 'abandon':
      return decideCandidate(command, state, context);
    case 'switch':
      return decideSwitch(command, state, context);
    case 'roll-back':
      return decideRollBack(command, state, context);
    case 'retire':
      return decideRetirement(command, state, context);
    default:
      return unreachable(command);
  }
}

/** The service that a command is about, as far as the state knows. */
export function serviceNamed(command: EnvironmentCommand, state: EnvironmentState): string | undefined {
  if ('service' in command) return command.service;
  return 'changeId' in command && state.status === 'defined' ? state.open.get(command.changeId) : undefined;
}

/**
 * The time of a command that names none: the ledger's clock, but not before the service's last change. A pipeline
 * whose clock runs ahead must not make the next, honest one "out of order".
 */
export function defaultOccurredAt(service: string | undefined, state: EnvironmentState, now: string): string {
  if (state.status === 'undefined' || service === undefined) return now;
  const { lastOccurredAt } = serviceOf(state, service);
  return lastOccurredAt > now ? lastOccurredAt : now;
}

function defineEnvironment(
  command: DefineEnvironment,
  state: EnvironmentState,
  context: EnvironmentContext,
): Decision<EnvironmentEvent> {
  const { environment, tier, promotesFrom, policy, remarks } = command;
  if (state.status === 'defined') {
    return reject('already-exists', `Environment ${environment} is defined already; change its policy with PUT.`);
  }
  if (promotesFrom !== undefined && context.isSourceDefined !== true) {
    return reject('invalid-reference', `${environment} would promote from ${promotesFrom}, which is not defined.`);
  }
  const source = promotesFrom !== undefined ? { promotesFrom } : {};
  return accept({ type: 'EnvironmentDefined.v1', data: { environment, tier, ...source, policy }, remarks });
}

function changePolicy(command: ChangePolicy, state: DefinedEnvironment): Decision<EnvironmentEvent> {
  const { environment, policy, expectedRevision, remarks } = command;
  if (expectedRevision !== undefined && expectedRevision !== state.policyRevision) {
    return reject(
      'precondition-failed',
      `The policy of ${environment} is at revision ${state.policyRevision}, not ${expectedRevision}.`,
    );
  }
  return accept({ type: 'PolicyChanged.v1', data: { environment, policy }, remarks });
}
