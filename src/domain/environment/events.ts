import type { DomainEvent, Remarks } from '../event.js';
import type { Evidence } from '../artifact/events.js';
import type { ChangeType, Policy, Strategy, Tier } from './policy.js';

export type EnvironmentDefined = DomainEvent<
  'EnvironmentDefined.v1',
  {
    readonly environment: string;
    readonly tier: Tier;
    /** The environment in which a digest must have been known-good before it may come here. */
    readonly promotesFrom?: string;
    readonly policy: Policy;
  },
  Remarks
>;

export type PolicyChanged = DomainEvent<
  'PolicyChanged.v1',
  { readonly environment: string; readonly policy: Policy },
  Remarks
>;

/** What every event of a change says of it, so that a view needs no other event to place it. */
export interface ChangeFacts {
  readonly environment: string;
  /** Id of the change's first event. */
  readonly changeId: string;
  readonly service: string;
  readonly component: string;
  readonly digest: string;
  readonly version: string;
  readonly layer: string;
  /** The pipeline that asked; absent when a person did. */
  readonly pipeline?: string;
}

/** What was live before, and the change that had made it so. */
export interface Replaced {
  readonly digest: string;
  readonly changeId: string;
}

interface PromotionFacts extends ChangeFacts {
  readonly strategy: Strategy;
  readonly changeType: ChangeType;
  /** The known-good revision that the caller had in view. */
  readonly basedOn?: number;
}

/** Blue/green: a candidate was started beside the live artifact. */
export type PromotionStarted = DomainEvent<'PromotionStarted.v1', PromotionFacts, Remarks>;
export type CandidateValidated = DomainEvent<
  'CandidateValidated.v1',
  ChangeFacts & { readonly evidence?: Evidence },
  Remarks
>;
export type CandidateFailed = DomainEvent<
  'CandidateFailed.v1',
  ChangeFacts & { readonly evidence?: Evidence },
  Remarks
>;
export type PromotionAbandoned = DomainEvent<'PromotionAbandoned.v1', ChangeFacts, Remarks>;

/**
 * The switch: from here on the digest takes the service's traffic.
 *
 * `unchanged`: it was live already and nothing moved. `recycled`: what it replaced is gone at once (all-at-once);
 * otherwise that is deprecated and waits to be retired.
 */
export type ArtifactPromoted = DomainEvent<
  'ArtifactPromoted.v1',
  PromotionFacts & { readonly replaced?: Replaced; readonly recycled: boolean; readonly unchanged: boolean },
  Remarks
>;

/** The service went back to an earlier digest; `withdrawn` is no longer known-good here. */
export type ArtifactRolledBack = DomainEvent<
  'ArtifactRolledBack.v1',
  ChangeFacts & { readonly withdrawn?: Replaced; readonly unchanged: boolean },
  Remarks
>;

/** A deprecated instance was recycled. */
export type ArtifactRetired = DomainEvent<'ArtifactRetired.v1', ChangeFacts, Remarks>;

/** The whole service went: what was live and all that was deprecated. `digest` is what was live, or deprecated last. */
export type ServiceRetired = DomainEvent<
  'ServiceRetired.v1',
  ChangeFacts & { readonly replaced?: Replaced; readonly recycled: readonly string[] },
  Remarks
>;

export type EnvironmentEvent =
  | EnvironmentDefined
  | PolicyChanged
  | PromotionStarted
  | CandidateValidated
  | CandidateFailed
  | PromotionAbandoned
  | ArtifactPromoted
  | ArtifactRolledBack
  | ArtifactRetired
  | ServiceRetired;
