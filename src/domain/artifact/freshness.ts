import type { Attestation } from './events.js';
import type { ArtifactState } from './state.js';

type Baked = Extract<ArtifactState, { status: 'baked' }>;

/** Why a statement may not be told again. */
export interface Stale {
  readonly expected: string;
  readonly seen: string;
}

/**
 * What stands against telling the statement with this digest, if anything. A signature says neither when nor as what a
 * statement is told: so nobody who cannot sign may tell one as something else, or bring back a pass of before a failure.
 * To tell it again as it was told changes nothing, and is what a pipeline does that runs twice.
 */
export function staleness(
  statementDigest: string | undefined,
  { type, environment, result, pipeline }: Attestation & { readonly pipeline: string },
  { statements, attestations }: Pick<Baked, 'statements' | 'attestations'>,
): Stale | undefined {
  const before = statements.find((one) => one.digest === statementDigest && one.pipeline === pipeline);
  if (!before) return undefined;
  if (before.type !== type || before.environment !== environment || before.result !== result) {
    const where = before.environment === undefined ? '' : ` in ${before.environment}`;
    return {
      expected: 'a statement that was not told as something else',
      seen: `that of ${before.type}${where}, ${before.result}`,
    };
  }
  const hasFailedSince = attestations.some(
    (one) => one.type === type && one.result === 'failed' && one.occurredAt >= before.occurredAt,
  );
  if (result === 'failed' || !hasFailedSince) return undefined;
  return { expected: 'a statement of a run since the last failure', seen: 'one that was told before it' };
}
