/**
 * The shape every domain event has before the event store takes it.
 *
 * `data` holds the facts that decisions and views fold and that are never erased; `remarks` holds free text
 * (reason, ticket), which can be erased later and leaves its hash behind.
 */
export interface DomainEvent<Type extends string = string, Data = unknown, Remarks = unknown> {
  readonly type: Type;
  readonly data: Data;
  readonly remarks: Remarks;
}

/** Free text that a person or a pipeline gave with a command. */
export interface Remarks {
  readonly reason?: string;
  readonly ticket?: string;
}

/** An event as `evolve` sees it: with the facts that the fold needs from its envelope. */
export type Happened<E extends DomainEvent> = E & {
  /** UUID of the event; the `changeId` of the change that it opens. */
  readonly id: string;
  /** Place in its stream, 0-based. */
  readonly revision: number;
  /** When the pipeline says it happened: RFC 3339, UTC, milliseconds. */
  readonly occurredAt: string;
};

/**
 * A functional decider (state, `decide`, `evolve`), whose `evolve` takes ownership of the state that it is given: it
 * may update it in place, and the caller goes on with the returned value only. An environment can hold tens of
 * thousands of services, and copying them for every event would cost more than the decision.
 */
export interface Evolution<State, E extends DomainEvent> {
  readonly initialState: () => State;
  readonly evolve: (state: State, event: Happened<E>) => State;
}
