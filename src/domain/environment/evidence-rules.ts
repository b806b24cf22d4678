import { isAtLeast, type LatestAttestation } from '../artifact/state.js';
import type { ProofLevel } from '../artifact/events.js';
import { matchesGlob } from '../glob.js';
import type { Refusal } from '../refusal.js';
import type { Policy, RequiredEvidence } from './policy.js';

/** What the rules about evidence look at. */
interface EvidenceFacts {
  readonly digest: string;
  readonly state: { readonly policy: Pick<Policy, 'evidence'> };
  readonly artifact: { readonly state: { readonly attestations: readonly LatestAttestation[] } };
}

export function evidenceMissing({ state, artifact, digest }: EvidenceFacts): Refusal | undefined {
  const missing = state.policy.evidence.filter((required) => !newestThatCounts(artifact.state.attestations, required));
  if (missing.length === 0) return undefined;
  return {
    reason: 'evidence-missing',
    detail: `${digest} lacks ${missing.map(describeEvidence).join(', ')}.`,
    rule: 'policy.evidence',
    missing: missing.map(describeEvidence),
    hint: missing.some(isToBeSigned)
      ? 'Let the pipeline that the policy asks for post its result with a statement that it signed (`statement` in POST /v1/artifacts/{digest}/attestations), then send this again.'
      : 'Post the result (POST /v1/artifacts/{digest}/attestations), then send this again.',
  };
}

export function evidenceFailed({ state, artifact, digest }: EvidenceFacts): Refusal | undefined {
  const failed = state.policy.evidence.filter(
    (required) => newestThatCounts(artifact.state.attestations, required)?.result === 'failed',
  );
  if (failed.length === 0) return undefined;
  return {
    reason: 'evidence-failed',
    detail: `The newest result that counts of ${failed.map(describeEvidence).join(', ')} for ${digest} is a failure.`,
    rule: 'policy.evidence',
    missing: failed.map((required) => `passed ${describeEvidence(required)}`),
    hint: 'Mend the cause and bake anew; or, where the check itself was wrong, post its new result as the policy asks for it.',
  };
}

/**
 * The result that counts for what is required: the newest by the pipelines' clocks, of two at once the later told. A
 * pass counts that is shown, and by whom, as is asked. A failure counts whoever told of it and however: so nothing that
 * a policy asks for in addition can let something through that was held back without it.
 */
export function newestThatCounts<Result extends LatestAttestation>(
  attestations: readonly Result[],
  required: RequiredEvidence,
): Result | undefined {
  return attestations
    .filter(({ type, environment }) => type === required.type && (required.environment ?? environment) === environment)
    .filter((attestation) => attestation.result === 'failed' || isAsAsked(attestation, required))
    .reduce<Result | undefined>((best, next) => (best && best.occurredAt > next.occurredAt ? best : next), undefined);
}

function isAsAsked({ proof, pipeline, predicateType }: LatestAttestation, asked: RequiredEvidence): boolean {
  if (!isAtLeast(proof, asked.proof ?? 'token') || asked.by?.includes(pipeline) === false) return false;
  if (asked.predicateType === undefined) return true;
  return predicateType !== undefined && matchesGlob(asked.predicateType, predicateType);
}

const isToBeSigned = ({ proof = 'token', predicateType }: RequiredEvidence): boolean =>
  proof !== 'token' || predicateType !== undefined;

/** `vulnerability-scan in staging (https://in-toto.io/attestation/vulns/*) signed by scanner or other-scanner` */
export function describeEvidence(required: RequiredEvidence): string {
  const { type, environment, proof = 'token', by, predicateType } = required;
  return [
    type,
    ...(environment === undefined ? [] : [`in ${environment}`]),
    ...(predicateType === undefined ? [] : [`(${predicateType})`]),
    ...(proof === 'token' ? [] : [PROOF_WORDS[proof]]),
    ...(by === undefined ? [] : [`by ${by.join(' or ')}`]),
  ].join(' ');
}

const PROOF_WORDS: Readonly<Record<Exclude<ProofLevel, 'token'>, string>> = {
  signed: 'signed',
  keyless: 'signed keyless',
};
