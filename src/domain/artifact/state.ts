import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import type { ArtifactBaked, ArtifactEvent, AttestationResult, Source } from './events.js';

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
      readonly attestations: readonly LatestAttestation[];
    };

export const initialState = (): ArtifactState => ({ status: 'unknown', revoked: false });

export function evolve(state: ArtifactState, event: Happened<ArtifactEvent>): ArtifactState {
  switch (event.type) {
    case 'ArtifactBaked.v1':
      return state.status === 'baked'
        ? state
        : { status: 'baked', revoked: state.revoked, identity: identityOf(event.data), attestations: [] };
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

export function identityOf(bake: Omit<ArtifactBaked['data'], 'proof'>): ArtifactIdentity {
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
