import { expect } from '@jest/globals';
import type { Decision, RejectionCode } from '../../../src/domain/decision.js';
import type { DomainEvent, Evolution, Happened } from '../../../src/domain/event.js';
import type { RefusalReason } from '../../../src/domain/refusal.js';

/** An event as a test gives it; what is left out is filled in. */
export type Past<E extends DomainEvent> = E & { readonly id?: string; readonly occurredAt?: string };

/** Given events, when a command comes, then an event, a refusal or a rejection. */
export class Specification<Command, State, E extends DomainEvent, Context> {
  constructor(
    private readonly evolution: Evolution<State, E>,
    private readonly decide: (command: Command, state: State, context: Context) => Decision<E>,
  ) {}

  stateAfter(events: readonly Past<E>[]): State {
    return events.reduce(
      (state, event, revision) => this.evolution.evolve(state, happened(event, revision)),
      this.evolution.initialState(),
    );
  }

  readonly given = (...events: Past<E>[]) => ({
    when: (command: Command, context: Context) => {
      const decision = this.decide(command, this.stateAfter(events), context);
      return {
        then: (type: E['type'], data: Record<string, unknown> = {}) =>
          expect(decision).toMatchObject({ outcome: 'accepted', event: { type, data } }),
        thenRefused: (reason: RefusalReason, more: Record<string, unknown> = {}) =>
          expect(decision).toMatchObject({ outcome: 'refused', refusal: { reason, ...more } }),
        thenRejected: (code: RejectionCode) =>
          expect(decision).toMatchObject({ outcome: 'rejected', rejection: { code } }),
      };
    },
  });
}

function happened<E extends DomainEvent>(event: Past<E>, revision: number): Happened<E> {
  return { id: `event-${revision}`, occurredAt: '2026-01-01T00:00:00.000Z', ...event, revision };
}
