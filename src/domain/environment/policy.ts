import type { ProofLevel } from '../artifact/events.js';

export const TIERS = ['development', 'test', 'staging', 'production'] as const;
export const STRATEGIES = ['blue-green', 'all-at-once'] as const;
export const CHANGE_TYPES = ['standard', 'normal', 'emergency'] as const;

export type Tier = (typeof TIERS)[number];
export type Strategy = (typeof STRATEGIES)[number];
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** An attestation that must be there and whose newest result must be `passed`. */
export interface RequiredEvidence {
  readonly type: string;
  /** Only attestations made in this environment count; absent, the newest of the type counts, wherever it was made. */
  readonly environment?: string;
  /** A pass counts that is shown at least as well; absent, any. */
  readonly proof?: ProofLevel;
  /** A pass counts that one of these pipelines posted, and signed where it is signed; absent, anybody's. */
  readonly by?: readonly string[];
  /** A pass counts whose statement has a predicate of this type; `*` stands for any run of characters. */
  readonly predicateType?: string;
}

/** How far an environment is locked. The stage order (`promotesFrom`) is no policy: nothing loosens it. */
export interface Policy {
  /** The weakest proof that a pipeline built an artifact which is enough here. */
  readonly provenance: ProofLevel;
  /** `known`: every base, through any number of them, must have been baked by a pipeline. */
  readonly bases: 'any' | 'known';
  readonly evidence: readonly RequiredEvidence[];
  /** ISO 8601 duration for which a digest must have been known-good in the environment that this one promotes from. */
  readonly soak: string;
  readonly strategies: readonly Strategy[];
  /** One open change in the environment at a time. */
  readonly atomic: boolean;
  /** ISO 8601 duration: how long before the ledger hears of it a change may have happened; `null`, without bound. */
  readonly maxBackdate: string | null;
}

/** Nothing but a digest that a pipeline baked: what `development` needs, and where locking down starts. */
export const LOOSEST_POLICY: Policy = {
  provenance: 'token',
  bases: 'any',
  evidence: [],
  soak: 'PT0S',
  strategies: STRATEGIES,
  atomic: false,
  maxBackdate: null,
};

/** A policy as it was recorded, which asks nothing of what was not known yet when it was. */
export const upcastPolicy = (recorded: Partial<Policy>): Policy => ({ ...LOOSEST_POLICY, ...recorded });
