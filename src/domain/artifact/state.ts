import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import {
  PROOF_LEVELS,
  type ArtifactBaked,
  type ArtifactEvent,
  type AttestationResult,
  type ProofLevel,
  type Source,
} from './events.js';

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

/** The newest result of one type of attestation in one environment (or in none). */
export interface LatestAttestation {
  readonly type: string;
  readonly environment?: string;
  readonly result: AttestationResult;
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
    };

export const initialState = (): ArtifactState => ({ status: 'unknown', revoked: false });

export function evolve(state: ArtifactState, event: Happened<ArtifactEvent>): ArtifactState {
  switch (event.type) {
    case 'ArtifactBaked.v1':
      return state.status === 'baked'
        ? { ...state, proof: strongest(state.proof, event.data.proof) }
        : { ...baked(event.data), revoked: state.revoked };
    case 'AttestationRecorded.v1':
      return state.status === 'baked'
        ? { ...state, attestations: withLatest(state.attestations, { ...event.data, occurredAt: event.occurredAt }) }
        : state;
    case 'ArtifactRevoked.v1':
      return { ...state, revoked: true };
    default:
      return unreachable(event);
  }
}

const baked = (data: ArtifactBaked['data']) =>
  ({ status: 'baked', identity: identityOf(data), proof: data.proof, attestations: [] }) as const;

/** Whether a proof is as strong as what is asked. */
export const isAtLeast = (proof: ProofLevel, asked: ProofLevel): boolean =>
  PROOF_LEVELS.indexOf(proof) >= PROOF_LEVELS.indexOf(asked);

export const strongest = (one: ProofLevel, other: ProofLevel): ProofLevel => (isAtLeast(one, other) ? one : other);

export function identityOf(bake: Omit<ArtifactBaked['data'], 'proof' | 'provenance'>): ArtifactIdentity {
  const { component, version, kind, layer, source, base, pipeline } = bake;
  return { component, version, kind, layer, source, pipeline, ...(base !== undefined && { base }) };
}

/** Late news of an earlier result does not replace a later one; of two at one instant the ledger's later one counts. */
function withLatest(known: readonly LatestAttestation[], next: LatestAttestation): LatestAttestation[] {
  const { type, environment, result, occurredAt } = next;
  const isSame = (other: LatestAttestation) => other.type === type && other.environment === environment;
  const previous = known.find(isSame);
  if (previous && previous.occurredAt > occurredAt) return [...known];
  return [
    ...known.filter((other) => !isSame(other)),
    { type, result, occurredAt, ...(environment !== undefined && { environment }) },
  ];
}
