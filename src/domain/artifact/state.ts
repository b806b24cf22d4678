import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import {
  PROOF_LEVELS,
  type ArtifactBaked,
  type ArtifactEvent,
  type AttestationRecorded,
  type AttestationResult,
  type ProofLevel,
  type Source,
} from './events.js';
import { withTold, type ToldStatement } from './told-statements.js';

/** What the first bake said, which every later bake of the same bytes must agree with. */
export interface ArtifactIdentity {
  readonly component: string;
  readonly version: string;
  readonly kind: string;
  readonly layer: string;
  readonly source: Source;
  readonly base?: string;
  readonly pipeline: string;
}

/** The newest pass, or the newest failure, of all that differ in nothing that a policy can ask about. */
export interface LatestAttestation {
  readonly type: string;
  /** Where it was made, where that matters. */
  readonly environment?: string;
  readonly result: AttestationResult;
  /** Who says so, and how that is shown. */
  readonly pipeline: string;
  readonly proof: ProofLevel;
  /** Of the statement that was signed. */
  readonly predicateType?: string;
  readonly occurredAt: string;
}

export type ArtifactState =
  | { readonly status: 'unknown'; readonly revoked: boolean }
  | {
      readonly status: 'baked';
      readonly revoked: boolean;
      readonly identity: ArtifactIdentity;
      /** The strongest of all its bakes: one that proves who built these bytes proves it for all of them. */
      readonly proof: ProofLevel;
      readonly attestations: readonly LatestAttestation[];
      /** What was told as evidence, each once. */
      readonly statements: readonly ToldStatement[];
    };

export const initialState = (): ArtifactState => ({ status: 'unknown', revoked: false });

export function evolve(state: ArtifactState, event: Happened<ArtifactEvent>): ArtifactState {
  switch (event.type) {
    case 'ArtifactBaked.v1':
      return state.status === 'baked'
        ? { ...state, proof: strongest(state.proof, event.data.proof) }
        : { ...baked(event.data), revoked: state.revoked };
    case 'AttestationRecorded.v1':
      return state.status === 'baked' ? attested(state, event) : state;
    case 'ArtifactRevoked.v1':
      return { ...state, revoked: true };
    default:
      return unreachable(event);
  }
}

const baked = (data: ArtifactBaked['data']) =>
  ({ status: 'baked', identity: identityOf(data), proof: data.proof, attestations: [], statements: [] }) as const;

/** Whether a proof is as strong as what is asked. */
export const isAtLeast = (proof: ProofLevel, asked: ProofLevel): boolean =>
  PROOF_LEVELS.indexOf(proof) >= PROOF_LEVELS.indexOf(asked);

export const strongest = (one: ProofLevel, other: ProofLevel): ProofLevel => (isAtLeast(one, other) ? one : other);

export function identityOf(bake: Omit<ArtifactBaked['data'], 'proof' | 'provenance'>): ArtifactIdentity {
  const { component, version, kind, layer, source, base, pipeline } = bake;
  return { component, version, kind, layer, source, pipeline, ...(base !== undefined && { base }) };
}

/** How an attestation is shown; those that were recorded before they could be signed do not say. */
export const attestationProof = ({ proof = 'token' }: { readonly proof?: ProofLevel }): ProofLevel => proof;

const attested = (
  state: Extract<ArtifactState, { status: 'baked' }>,
  event: Happened<AttestationRecorded>,
): ArtifactState => ({
  ...state,
  attestations: withLatest(state.attestations, attestationOf(event)),
  statements: withTold(state.statements, event),
});

function attestationOf({ data, occurredAt }: Happened<AttestationRecorded>): LatestAttestation {
  const { type, environment, result, pipeline, signed } = data;
  const predicateType = signed?.predicateType;
  return {
    ...{ type, result, pipeline, proof: attestationProof(data), occurredAt },
    ...(environment !== undefined && { environment }),
    ...(predicateType !== undefined && { predicateType }),
  };
}

/** Late news of an earlier result does not replace a later one; of two at one instant the ledger's later one counts. */
function withLatest(known: readonly LatestAttestation[], next: LatestAttestation): LatestAttestation[] {
  const previous = known.find((other) => isLike(other, next));
  if (previous && previous.occurredAt > next.occurredAt) return [...known];
  return [...known.filter((other) => other !== previous), next];
}

/**
 * A pass and a failure are not alike: which of them counts depends on the policy, so that neither can take the other's
 * place before it is asked.
 */
const isLike = (one: LatestAttestation, other: LatestAttestation): boolean =>
  one.type === other.type &&
  one.environment === other.environment &&
  one.result === other.result &&
  one.pipeline === other.pipeline &&
  one.proof === other.proof &&
  one.predicateType === other.predicateType;
