import type { ArtifactState } from '../artifact/state.js';
import type { Caller } from '../pipeline/permission.js';
import type { Channel } from './commands.js';
import type { Instance } from './state.js';

/** An artifact and what its bases say of it. */
export interface ArtifactFacts {
  readonly state: ArtifactState;
  /** The nearest base, through any number of them, that is revoked. */
  readonly revokedBase?: string;
  /** The nearest base that no pipeline baked. */
  readonly unknownBase?: string;
}

/** How a digest stands in the environment that this one promotes from. */
export type StageStanding =
  | { readonly status: 'known-good'; readonly sinceRecordedAt: string; readonly sinceOccurredAt: string }
  | { readonly status: 'withdrawn' }
  | { readonly status: 'never' };

/** All that a decision on an environment sees besides its own state. Times are RFC 3339, UTC, milliseconds. */
export interface EnvironmentContext {
  readonly caller: Caller;
  readonly channel: Channel;
  /** When the command says that it happened. */
  readonly occurredAt: string;
  /** The ledger's clock. */
  readonly now: string;
  /** Id that the event will have; the `changeId` of a change that this command opens. */
  readonly eventId: string;
  /** Whether the environment named by `promotesFrom` is defined; given to a definition. */
  readonly isSourceDefined?: boolean;
  /** Given to a promotion, a switch and a roll-back: the artifact that would become live. */
  readonly artifact?: ArtifactFacts;
  /** Given to a promotion and a switch where the environment promotes from another. */
  readonly stage?: StageStanding;
  /** Given to a roll-back: the instance to go back to, if there is one. */
  readonly target?: Instance;
}
