import { isAtLeast } from '../artifact/state.js';
import { durationMs } from '../duration.js';
import { matchesGlob } from '../glob.js';
import { describeEvidence } from './evidence-rules.js';
import type { Policy, RequiredEvidence } from './policy.js';

/**
 * In what a policy asks less than the one before it, a line each: `soak PT24H → PT0S`. Empty when it asks as much or
 * more.
 */
export function loosenings(before: Policy, after: Policy): string[] {
  return [
    ...(isAtLeast(after.provenance, before.provenance)
      ? []
      : [`provenance ${before.provenance} → ${after.provenance}`]),
    ...(before.bases === 'known' && after.bases === 'any' ? ['bases known → any'] : []),
    ...before.evidence
      .filter((asked) => !after.evidence.some((still) => asksAsMuch(still, asked)))
      .map((gone) => `evidence ${describeEvidence(gone)} is not asked any more`),
    ...(durationMs(after.soak) < durationMs(before.soak) ? [`soak ${before.soak} → ${after.soak}`] : []),
    ...after.strategies
      .filter((strategy) => !before.strategies.includes(strategy))
      .map((strategy) => `strategy ${strategy} is allowed`),
    ...(before.atomic && !after.atomic ? ['atomic true → false'] : []),
    ...(boundMs(after.maxBackdate) > boundMs(before.maxBackdate)
      ? [`maxBackdate ${before.maxBackdate ?? 'unbounded'} → ${after.maxBackdate ?? 'unbounded'}`]
      : []),
  ];
}

/** Evidence made in one environment is also evidence made anywhere, but not the other way round; so with the rest. */
function asksAsMuch(still: RequiredEvidence, asked: RequiredEvidence): boolean {
  const { type, environment, proof = 'token', by, predicateType } = asked;
  return (
    still.type === type &&
    (environment === undefined || still.environment === environment) &&
    isAtLeast(still.proof ?? 'token', proof) &&
    (by === undefined || still.by?.every((pipeline) => by.includes(pipeline)) === true) &&
    (predicateType === undefined ||
      (still.predicateType !== undefined && matchesGlob(predicateType, still.predicateType)))
  );
}

const boundMs = (duration: string | null): number => (duration === null ? Infinity : durationMs(duration));
