import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import type { IncidentEvent } from './events.js';

export type IncidentState =
  | { readonly status: 'none' }
  | { readonly status: 'open'; readonly startedAt: string }
  | { readonly status: 'resolved' };

export const initialState = (): IncidentState => ({ status: 'none' });

export function evolve(_state: IncidentState, event: Happened<IncidentEvent>): IncidentState {
  switch (event.type) {
    case 'IncidentReported.v1':
      return { status: 'open', startedAt: event.data.startedAt };
    case 'IncidentResolved.v1':
      return { status: 'resolved' };
    default:
      return unreachable(event);
  }
}
