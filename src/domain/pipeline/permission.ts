import { matchesAnyGlob, matchesGlob } from '../glob.js';
import type { Refusal } from '../refusal.js';
import type { PipelineState } from './state.js';

/**
 * Who asks for a change: a registered pipeline with the state of its registration, or a person (an approver who
 * rolls back), whom no registration bounds.
 */
export type Caller =
  { readonly kind: 'person' } | { readonly kind: 'pipeline'; readonly id: string; readonly state: PipelineState };

/** What stands against this caller baking `component`, if anything. */
export function bakeRefusal(caller: Caller, component: string): Refusal | undefined {
  return boundsRefusal(caller, `component ${component}`, `mayBake ${component}`, ({ mayBake }) =>
    matchesAnyGlob(mayBake, component),
  );
}

/** What stands against this caller attesting `component`, wherever it runs, if anything. Whoever may bake it may. */
export function attestRefusal(caller: Caller, component: string): Refusal | undefined {
  return boundsRefusal(
    caller,
    `component ${component}`,
    `mayAttest ${component}`,
    ({ mayBake, mayAttest = [] }) => matchesAnyGlob(mayBake, component) || matchesAnyGlob(mayAttest, component),
  );
}

/**
 * What stands against this caller changing `service` in `environment`, if anything. Without a service (nobody knows
 * which one an unknown digest would be) a right to any service there is enough.
 */
export function promotionRefusal(
  caller: Caller,
  environment: string,
  service: string | undefined,
): Refusal | undefined {
  const target = service === undefined ? environment : `${environment}:${service}`;
  return boundsRefusal(caller, target, `mayPromoteTo ${target}`, ({ mayPromoteTo }) =>
    mayPromoteTo.some((pattern) => {
      const [environmentGlob = '', serviceGlob = '*'] = pattern.split(':');
      return matchesGlob(environmentGlob, environment) && (service === undefined || matchesGlob(serviceGlob, service));
    }),
  );
}

/** What stands against this caller saying anything, if anything: for what is said of no place in particular. */
export const standingRefusal = (caller: Caller): Refusal | undefined => boundsRefusal(caller, '', '', () => true);

type Registration = Extract<PipelineState, { status: 'active' }>['registration'];

function boundsRefusal(
  caller: Caller,
  target: string,
  missing: string,
  isCovered: (registration: Registration) => boolean,
): Refusal | undefined {
  if (caller.kind === 'person') return undefined;
  const { id, state } = caller;
  if (state.status === 'suspended') {
    return {
      reason: 'pipeline-suspended',
      detail: `Pipeline ${id} is suspended.`,
      rule: 'always',
      hint: 'Ask an administrator why it was suspended; once it is reinstated, send the command again.',
    };
  }
  if (state.status === 'active' && isCovered(state.registration)) return undefined;
  return {
    reason: 'pipeline-not-permitted',
    detail:
      state.status === 'active'
        ? `The registration of pipeline ${id} does not cover ${target}.`
        : `Pipeline ${id} is not registered.`,
    rule: 'always',
    missing: [state.status === 'active' ? missing : `registration of pipeline ${id}`],
    hint: 'Ask an administrator to widen the registration, or let the pipeline do it that is registered for this.',
  };
}
