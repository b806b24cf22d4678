import type { Decision } from '../domain/decision.js';
import type { DomainEvent, Evolution } from '../domain/event.js';
import type { RefusalSubject } from '../domain/refusal.js';
import type { Caller } from '../domain/pipeline/permission.js';
import type { Envelope } from './envelope.js';

/** A state with the revision that it was folded up to; -1 for a stream that is not there. */
export interface Versioned<State> {
  readonly state: State;
  readonly revision: number;
}

/** How the state of a long stream is kept, so that a decision after a start need not read it from the beginning. */
export interface SnapshotCodec<State> {
  readonly version: number;
  readonly toText: (state: State) => string;
  readonly fromText: (text: string) => State;
}

/** A stream's way of folding, and how its state is kept. */
export interface Folding<State, E extends DomainEvent> extends Evolution<State, E> {
  readonly snapshots?: SnapshotCodec<State>;
  /** KiB that the state takes in memory, about; 1 where a folding does not say. Asked after every event, so it is quick. */
  readonly kibOf?: (versioned: Versioned<State>) => number;
}

/** What the gathering of a decision's facts can ask for. Every state asked for is noted in `decidedAgainst`. */
export interface Scope {
  readonly envelope: Envelope;
  readonly eventId: string;
  readonly occurredAt: string;
  readonly now: string;
  /**
   * Waits when a revision that was read is not on disk yet. Answers whether it waited: then the stream is to be read
   * again, since what was read may have failed. Rows of the import that is under way stand or fall together, and are
   * not waited for.
   */
  settle(stream: string, revision: number): Promise<boolean>;
  /** The state of another stream, at the head. */
  read<State, E extends DomainEvent>(folding: Folding<State, E>, stream: string): Promise<State>;
  caller(): Promise<Caller>;
}

/** Everything that the command processor needs to know of one kind of stream. */
export interface Aggregate<Command, State, E extends DomainEvent, Context> extends Folding<State, E> {
  readonly stream: (command: Command) => string;
  /** True for a command whose stream is most likely new: it is not looked for first, the append finds out. */
  readonly isLikelyNew?: (command: Command) => boolean;
  /** Gathers the facts of other streams that the decision needs. */
  readonly gather: (command: Command, state: State, scope: Scope) => Promise<Context>;
  readonly decide: (command: Command, state: State, context: Context) => Decision<E>;
  /** When a command happened that does not say so. */
  readonly defaultOccurredAt: (command: Command, state: State, now: string) => string;
  /** What a refusal of this command is about. */
  readonly subject: (command: Command, state: State, context: Context) => RefusalSubject;
  /** Environment and policy that a refusal of this command names. */
  readonly policy?: (
    command: Command,
    state: State,
    context: Context,
  ) => { environment?: string; policyRevision?: number };
}
