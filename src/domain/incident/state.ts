import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import type { IncidentEvent, IncidentReported } from './events.js';

/** Where something is broken, as far as anybody said. */
export interface Place {
  readonly environment?: string;
  readonly service?: string;
}

export type IncidentState =
  | { readonly status: 'none' }
  | ({ readonly status: 'open'; readonly startedAt: string; readonly blamed?: string } & Place)
  | { readonly status: 'resolved' };

export const initialState = (): IncidentState => ({ status: 'none' });

export function evolve(_state: IncidentState, event: Happened<IncidentEvent>): IncidentState {
  switch (event.type) {
    case 'IncidentReported.v1':
      return openOf(event.data);
    case 'IncidentResolved.v1':
      return { status: 'resolved' };
    default:
      return unreachable(event);
  }
}

const openOf = ({ startedAt, environment, service, blamed }: IncidentReported['data']): IncidentState => ({
  ...{ status: 'open', startedAt },
  ...(environment !== undefined && { environment }),
  ...(service !== undefined && { service }),
  ...(blamed && { blamed: blamed.changeId }),
});
