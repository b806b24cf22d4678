import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import type { PipelineEvent, PipelineRegistration } from './events.js';

export type PipelineState =
  | { readonly status: 'unregistered' }
  | { readonly status: 'active'; readonly registration: PipelineRegistration }
  | { readonly status: 'suspended'; readonly registration: PipelineRegistration };

export const initialState = (): PipelineState => ({ status: 'unregistered' });

export function evolve(state: PipelineState, event: Happened<PipelineEvent>): PipelineState {
  switch (event.type) {
    case 'PipelineRegistered.v1':
      return { status: state.status === 'suspended' ? 'suspended' : 'active', registration: event.data };
    case 'PipelineSuspended.v1':
      return state.status === 'unregistered' ? state : { ...state, status: 'suspended' };
    case 'PipelineReinstated.v1':
      return state.status === 'unregistered' ? state : { ...state, status: 'active' };
    default:
      return unreachable(event);
  }
}
