import { accept, refuse, unreachable, type Decision } from '../decision.js';
import { attestRefusal, bakeRefusal, promotionRefusal, type Caller } from '../pipeline/permission.js';
import type { Refusal } from '../refusal.js';
import type { ArtifactCommand, BakeArtifact, RecordAttestation } from './commands.js';
import type { Attestation, ArtifactEvent, ProofLevel, Provenance } from './events.js';
import { staleness } from './freshness.js';
import type { ArtifactState } from './state.js';

/** What came of checking the proof that came with a command, which is done before the decision. */
export type CheckedProof =
  | { readonly status: 'proven'; readonly level: Exclude<ProofLevel, 'token'>; readonly signed: Provenance }
  | { readonly status: 'invalid'; readonly step: string; readonly expected: string; readonly seen: string };

export interface ArtifactContext {
  readonly caller: Caller;
  /** Absent where no proof came with it. */
  readonly proof?: CheckedProof;
}

export function decide(
  command: ArtifactCommand,
  state: ArtifactState,
  context: ArtifactContext,
): Decision<ArtifactEvent> {
  switch (command.kind) {
    case 'bake':
      return decideBake(command, state, context);
    case 'attest':
      return decideAttestation(command, state, context);
    case 'revoke':
      // A digest that no pipeline baked can be revoked too: it may be the base of what somebody bakes tomorrow.
      return accept({
        type: 'ArtifactRevoked.v1',
        data: { digest: command.digest, severity: command.severity },
        remarks: command.remarks,
      });
    default:
      return unreachable(command);
  }
}

function decideBake(
  { bake, remarks }: BakeArtifact,
  state: ArtifactState,
  { caller, proof }: ArtifactContext,
): Decision<ArtifactEvent> {
  const refusal = bakeRefusal(caller, bake.component) ?? conflict(bake, state) ?? provenanceInvalid(bake.digest, proof);
  if (refusal) return refuse(refusal);
  const proven = proof?.status === 'proven' ? { proof: proof.level, provenance: proof.signed } : TOKEN;
  return accept({ type: 'ArtifactBaked.v1', data: { ...bake, pipeline: pipelineOf(caller), ...proven }, remarks });
}

const TOKEN = { proof: 'token' } as const;

/** A proof that proves nothing is not as if none had come: somebody has tried to pass it off, or the pipeline is broken. */
function provenanceInvalid(digest: string, proof: CheckedProof | undefined): Refusal | undefined {
  return proofInvalid(proof, {
    what: `provenance of ${digest}`,
    hint: 'Check that it is the proof of this very artifact, and that its signer is registered for the pipeline; then bake it again.',
  });
}

function statementInvalid(digest: string, proof: CheckedProof | undefined): Refusal | undefined {
  const isStale = proof?.status === 'invalid' && proof.step === 'freshness';
  const hint = isStale
    ? 'Let the pipeline sign a statement of the new run, with the address or the time of that run in it, and post that.'
    : 'Check that it speaks of this very artifact and of this result, and that its signer is registered for the pipeline that posts it; then post it again.';
  return proofInvalid(proof, { what: `statement about ${digest}`, hint });
}

function proofInvalid(
  proof: CheckedProof | undefined,
  { what, hint }: { what: string; hint: string },
): Refusal | undefined {
  if (proof?.status !== 'invalid') return undefined;
  const { step, expected, seen } = proof;
  return {
    reason: 'provenance-invalid',
    detail: `The ${what} fails at its ${step}: expected ${expected}, and saw ${seen}.`,
    rule: 'always',
    missing: [`${step}: ${expected}`],
    hint,
  };
}

/** Another run, version or base label of the same bytes is no conflict: identical bytes can be built twice. */
function conflict(bake: BakeArtifact['bake'], state: ArtifactState): Refusal | undefined {
  if (state.status !== 'baked') return undefined;
  const { identity } = state;
  const pairs: [string, string, string][] = [
    ['component', identity.component, bake.component],
    ['kind', identity.kind, bake.kind],
    ['layer', identity.layer, bake.layer],
    ['source.repository', identity.source.repository, bake.source.repository],
    ['source.commit', identity.source.commit, bake.source.commit],
  ];
  const differing = pairs.filter(([, before, now]) => before !== now);
  if (differing.length === 0) return undefined;
  return {
    reason: 'artifact-conflict',
    detail: `${bake.digest} was baked before with another ${differing.map(([field, before]) => `${field} (${before})`).join(', ')}.`,
    rule: 'always',
    missing: differing.map(([field, before]) => `${field} ${before}`),
    hint: 'One digest is one artifact. Check which of the two bakes names the right digest, component and source.',
  };
}

function decideAttestation(
  { attestation, digest, remarks }: RecordAttestation,
  state: ArtifactState,
  { caller, proof }: ArtifactContext,
): Decision<ArtifactEvent> {
  if (state.status === 'unknown') return refuse(unknownArtifact(digest));
  const pipeline = pipelineOf(caller);
  const stale =
    proof?.status === 'proven' && staleness(proof.signed.statementDigest, { ...attestation, pipeline }, state);
  const checked = stale ? ({ status: 'invalid', step: 'freshness', ...stale } as const) : proof;
  const refusal =
    attestationRefusal(caller, state.identity.component, attestation) ?? statementInvalid(digest, checked);
  if (refusal) return refuse(refusal);
  const shown = proof?.status === 'proven' ? { proof: proof.level, signed: proof.signed } : TOKEN;
  return accept({
    type: 'AttestationRecorded.v1',
    data: { digest, ...attestation, pipeline, ...shown },
    remarks,
  });
}

/** Whoever may attest the component, and whoever may promote it to the environment named. */
export function attestationRefusal(
  caller: Caller,
  component: string,
  { environment }: Pick<Attestation, 'environment'>,
): Refusal | undefined {
  const refusal = attestRefusal(caller, component);
  if (!refusal || environment === undefined) return refusal;
  return promotionRefusal(caller, environment, component) && refusal;
}

export function unknownArtifact(digest: string): Refusal {
  return {
    reason: 'artifact-unknown',
    detail: `No pipeline baked ${digest}.`,
    rule: 'always',
    missing: [`bake of ${digest}`],
    hint: 'Let the pipeline that built it post the bake first (POST /v1/artifacts), and check the digest for a typing error.',
  };
}

const pipelineOf = (caller: Caller): string => (caller.kind === 'pipeline' ? caller.id : '');
