import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import type { PipelineEvent, PipelineKey, PipelineRegistration } from './events.js';

interface Registered {
  readonly registration: PipelineRegistration;
  /** Those that it began with or that were added, and not revoked. */
  readonly keys: readonly PipelineKey[];
}

export type PipelineState =
  | { readonly status: 'unregistered' }
  | ({ readonly status: 'active' } & Registered)
  | ({ readonly status: 'suspended' } & Registered);

export const initialState = (): PipelineState => ({ status: 'unregistered' });

export function evolve(state: PipelineState, event: Happened<PipelineEvent>): PipelineState {
  if (event.type === 'PipelineRegistered.v1') {
    return state.status === 'unregistered'
      ? { status: 'active', registration: event.data, keys: event.data.keys ?? [] }
      : { ...state, registration: event.data };
  }
  if (state.status === 'unregistered') return state;
  switch (event.type) {
    case 'PipelineSuspended.v1':
      return { ...state, status: 'suspended' };
    case 'PipelineReinstated.v1':
      return { ...state, status: 'active' };
    case 'PipelineKeyAdded.v1': {
      const { keyId, publicKey, validFrom, validUntil } = event.data;
      const bounds = { ...(validFrom !== undefined && { validFrom }), ...(validUntil !== undefined && { validUntil }) };
      return { ...state, keys: [...state.keys, { keyId, publicKey, ...bounds }] };
    }
    case 'PipelineKeyRevoked.v1':
      return { ...state, keys: state.keys.filter(({ keyId }) => keyId !== event.data.keyId) };
    default:
      return unreachable(event);
  }
}

/** Keys whose signatures count at a time by the ledger's clock. */
export const keysAt = (keys: readonly PipelineKey[], now: string): PipelineKey[] =>
  keys.filter(({ validFrom = now, validUntil }) => validFrom <= now && (validUntil === undefined || now < validUntil));
