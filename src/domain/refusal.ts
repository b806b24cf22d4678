/** Every reason for which a change can be refused. The HTTP status of each is the business of `http/`. */
export const REFUSAL_REASONS = [
  'artifact-unknown',
  'artifact-not-pipeline-produced',
  'artifact-conflict',
  'artifact-revoked',
  'base-unknown',
  'provenance-invalid',
  'pipeline-suspended',
  'pipeline-not-permitted',
  'stage-skipped',
  'soak-too-short',
  'evidence-missing',
  'evidence-failed',
  'strategy-not-allowed',
  'promotion-in-progress',
  'not-atomic',
  'stale-known-good',
  'candidate-not-validated',
  'still-live',
  'not-deployed',
  'out-of-order',
  'back-dated',
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why a change was not allowed, in words that help the pipeline's owner to mend it. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** One sentence: what was asked and what stands against it. */
  readonly detail: string;
  /** The rule that said no: `policy.<field>` of the environment, or `always` for one that no policy can loosen. */
  readonly rule: string;
  /** What has to be there before the same command is accepted. */
  readonly missing?: readonly string[];
  /** What the pipeline's owner can do now. */
  readonly hint: string;
}

/** What a refused command was about, as far as it is known. */
export interface RefusalSubject {
  readonly digest?: string;
  readonly service?: string;
  readonly component?: string;
  readonly layer?: string;
  readonly pipeline?: string;
  readonly changeId?: string;
}

/** Stream `refusal-<eventId>`: one event, the refusal itself. */
export type ChangeRefused = {
  readonly type: 'ChangeRefused.v1';
  readonly data: {
    readonly command: string;
    readonly subject: RefusalSubject;
    readonly environment?: string;
    /** Stream revision of the environment's policy that was in force. */
    readonly policyRevision?: number;
  } & Refusal;
  readonly remarks: { readonly reason?: string; readonly ticket?: string };
};
