import { isAtLeast, type ArtifactState } from '../artifact/state.js';
import type { ProofLevel } from '../artifact/events.js';
import { describeMs, durationMs } from '../duration.js';
import type { Refusal } from '../refusal.js';
import type { ArtifactFacts } from './context.js';
import { evidenceFailed, evidenceMissing } from './evidence-rules.js';
import type { Strategy } from './policy.js';
import { serviceOf, type Candidate } from './state.js';
import { backDated, outOfOrder, type TimedFacts } from './rules.js';

/** What the rules of a promotion, and of its switch, look at. */
export interface PromotionFacts extends TimedFacts {
  readonly environment: string;
  readonly digest: string;
  readonly strategy: Strategy;
  readonly basedOn?: number;
  /** The candidate that is being switched to; absent when a promotion starts. */
  readonly candidate?: Candidate;
  readonly artifact: ArtifactFacts & { readonly state: Extract<ArtifactState, { status: 'baked' }> };
}

type Rule = (facts: PromotionFacts) => Refusal | undefined;

/** Rules that hold even where nothing would change. */
export const SAFETY_RULES: readonly Rule[] = [artifactRevoked, notPipelineProduced, baseUnknown, backDated, outOfOrder];

/** Rules for what would change the live set, in the order in which they speak. */
export const CHANGE_RULES: readonly Rule[] = [
  staleKnownGood,
  strategyNotAllowed,
  promotionInProgress,
  notAtomic,
  stageSkipped,
  soakTooShort,
  evidenceMissing,
  evidenceFailed,
];

export function artifactRevoked({
  digest,
  artifact,
}: Pick<PromotionFacts, 'digest' | 'artifact'>): Refusal | undefined {
  const { state, revokedBase } = artifact;
  if (!state.revoked && revokedBase === undefined) return undefined;
  return {
    reason: 'artifact-revoked',
    detail: state.revoked ? `${digest} is revoked.` : `${digest} is built on ${revokedBase}, which is revoked.`,
    rule: 'always',
    missing: [state.revoked ? 'an artifact that is not revoked' : 'a bake on a base that is not revoked'],
    hint: state.revoked
      ? 'Bake a new artifact from a mended source and promote that.'
      : 'Bake it again on a base that is not revoked and promote the new digest.',
  };
}

function notPipelineProduced({ state, environment, digest, artifact }: PromotionFacts): Refusal | undefined {
  const { proof } = artifact.state;
  const asked = state.policy.provenance;
  if (isAtLeast(proof, asked)) return undefined;
  return {
    reason: 'artifact-not-pipeline-produced',
    detail: `That a pipeline built ${digest} is shown by ${PROOF_WORDS[proof]}; ${environment} asks for ${PROOF_WORDS[asked]}.`,
    rule: 'policy.provenance',
    missing: [`proof ${asked}`],
    hint: 'Let the pipeline sign what it builds and post the bake again with its provenance; the digest stays the same.',
  };
}

const PROOF_WORDS: Readonly<Record<ProofLevel, string>> = {
  token: 'its word alone (token)',
  signed: 'a signature by its key (signed)',
  keyless: 'a certificate of its identity in a public log (keyless)',
};

function baseUnknown({ state, digest, artifact }: PromotionFacts): Refusal | undefined {
  if (state.policy.bases === 'any' || artifact.unknownBase === undefined) return undefined;
  return {
    reason: 'base-unknown',
    detail: `${digest} is built on ${artifact.unknownBase}, which no pipeline baked.`,
    rule: 'policy.bases',
    missing: [`bake of ${artifact.unknownBase}`],
    hint: 'Let a pipeline bake the base image and post it, then bake this artifact on that base.',
  };
}

function staleKnownGood({ state, environment, basedOn }: PromotionFacts): Refusal | undefined {
  if (basedOn === undefined || basedOn === state.knownGoodRevision) return undefined;
  return {
    reason: 'stale-known-good',
    detail: `It is based on known-good revision ${basedOn} of ${environment}; the revision now is ${state.knownGoodRevision}.`,
    rule: 'always',
    missing: [`basedOn ${state.knownGoodRevision}`],
    hint: 'Read the known-good state again, check the change against it, and send it with the new revision.',
  };
}

function strategyNotAllowed({ state, environment, strategy }: PromotionFacts): Refusal | undefined {
  const { strategies } = state.policy;
  if (strategies.includes(strategy)) return undefined;
  return {
    reason: 'strategy-not-allowed',
    detail: `${environment} takes ${strategies.join(' or ')}, not ${strategy}.`,
    rule: 'policy.strategies',
    missing: [`strategy ${strategies.join(' or ')}`],
    hint: 'Start the new instance beside the live one (blue-green), validate it, then switch.',
  };
}

function promotionInProgress({ state, service, candidate }: PromotionFacts): Refusal | undefined {
  const open = serviceOf(state, service).candidate;
  if (!open || open === candidate) return undefined;
  return {
    reason: 'promotion-in-progress',
    detail: `${service} has an open candidate, ${open.started.digest} (change ${open.started.changeId}).`,
    rule: 'always',
    missing: [`end of change ${open.started.changeId}`],
    hint: 'Switch to the open candidate or abandon it, then send this again.',
  };
}

function notAtomic({ state, environment, candidate }: PromotionFacts): Refusal | undefined {
  if (!state.policy.atomic) return undefined;
  const other = [...state.open.entries()].find(([changeId]) => changeId !== candidate?.started.changeId);
  if (!other) return undefined;
  const [changeId, service] = other;
  return {
    reason: 'not-atomic',
    detail: `${environment} takes one open change at a time, and one of ${service} is open (change ${changeId}).`,
    rule: 'policy.atomic',
    missing: [`end of change ${changeId}`],
    hint: 'Wait until the open change is switched, abandoned or has failed, then send this again.',
  };
}

function stageSkipped({ state, environment, digest, context }: PromotionFacts): Refusal | undefined {
  if (state.promotesFrom === undefined || context.stage?.status === 'known-good') return undefined;
  const isWithdrawn = context.stage?.status === 'withdrawn';
  return {
    reason: 'stage-skipped',
    detail: isWithdrawn
      ? `${digest} was rolled back in ${state.promotesFrom}, from which ${environment} promotes.`
      : `${digest} was never known-good in ${state.promotesFrom}, from which ${environment} promotes.`,
    rule: 'always',
    missing: [`known-good in ${state.promotesFrom}`],
    hint: isWithdrawn
      ? 'Mend what made it roll back, bake anew and promote that through every stage.'
      : `Promote it to ${state.promotesFrom} first.`,
  };
}

/** By the ledger's own clock; history that is told after the fact goes by the clocks that it was told with. */
function soakTooShort({ state, digest, context }: PromotionFacts): Refusal | undefined {
  const soakMs = durationMs(state.policy.soak);
  if (soakMs === 0 || state.promotesFrom === undefined || context.stage?.status !== 'known-good') return undefined;
  const soakedMs =
    context.channel === 'import'
      ? Date.parse(context.occurredAt) - Date.parse(context.stage.sinceOccurredAt)
      : Date.parse(context.now) - Date.parse(context.stage.sinceRecordedAt);
  if (soakedMs >= soakMs) return undefined;
  return {
    reason: 'soak-too-short',
    detail: `${digest} has been known-good in ${state.promotesFrom} for ${describeMs(soakedMs)}; the policy asks for ${describeMs(soakMs)}.`,
    rule: 'policy.soak',
    missing: [`${describeMs(soakMs - soakedMs)} more in ${state.promotesFrom}`],
    hint: 'Send it again when the time is over.',
  };
}
