import type { DomainEvent } from './event.js';
import type { Refusal } from './refusal.js';

/**
 * Why a command names something that is not there, or is there already. No rule of change was broken, so it is
 * answered and not written to the ledger.
 */
export const REJECTION_CODES = [
  'not-found',
  'already-exists',
  'change-not-open',
  'not-suspended',
  'incident-not-open',
  'precondition-failed',
  'invalid-reference',
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

export interface Rejection {
  readonly code: RejectionCode;
  readonly detail: string;
}

/** What a decider answers. An accepted command is exactly one event. */
export type Decision<E extends DomainEvent> =
  | { readonly outcome: 'accepted'; readonly event: E }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection };

export const accept = <E extends DomainEvent>(event: E): Decision<E> => ({ outcome: 'accepted', event });

export const refuse = <E extends DomainEvent>(refusal: Refusal): Decision<E> => ({ outcome: 'refused', refusal });

export const reject = <E extends DomainEvent>(code: RejectionCode, detail: string): Decision<E> => ({
  outcome: 'rejected',
  rejection: { code, detail },
});

/** Closes a switch over a union: a new member does not compile until it is handled. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
