import { describeMs, durationMs } from '../duration.js';
import type { Refusal } from '../refusal.js';
import type { EnvironmentContext } from './context.js';
import { serviceOf, type DefinedEnvironment } from './state.js';

/** The first refusal that any of the rules gives, in their order. */
export function firstRefusal<Facts>(
  rules: readonly ((facts: Facts) => Refusal | undefined)[],
  facts: Facts,
): Refusal | undefined {
  for (const rule of rules) {
    const refusal = rule(facts);
    if (refusal) return refusal;
  }
  return undefined;
}

export interface TimedFacts {
  readonly state: DefinedEnvironment;
  readonly service: string;
  readonly context: EnvironmentContext;
}

/** History told through an import is old by nature, so `maxBackdate` bounds the other channels only. */
export function backDated({ state, context }: TimedFacts): Refusal | undefined {
  const { maxBackdate } = state.policy;
  if (maxBackdate === null || context.channel === 'import') return undefined;
  const ageMs = Date.parse(context.now) - Date.parse(context.occurredAt);
  if (ageMs <= durationMs(maxBackdate)) return undefined;
  return {
    reason: 'back-dated',
    detail: `It says that it happened at ${context.occurredAt}, ${describeMs(ageMs)} ago; the policy takes at most ${maxBackdate}.`,
    rule: 'policy.maxBackdate',
    hint: 'Post a change when it happens. History from before Cairn goes in through an import by an administrator.',
  };
}

export function outOfOrder({ state, service, context }: TimedFacts): Refusal | undefined {
  const { lastOccurredAt } = serviceOf(state, service);
  if (context.occurredAt >= lastOccurredAt) return undefined;
  return {
    reason: 'out-of-order',
    detail: `It says that it happened at ${context.occurredAt}, before the last change of ${service} here (${lastOccurredAt}).`,
    rule: 'always',
    hint: "Check the clock of the pipeline's machine, and post the changes of one service in the order in which they happened.",
  };
}
