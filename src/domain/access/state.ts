import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import type { AccessEvent } from './events.js';

/** The tokens of one subject that were issued and not revoked, by id. */
export interface AccessState {
  readonly active: ReadonlySet<string>;
}

export const initialState = (): AccessState => ({ active: new Set() });

export function evolve(state: AccessState, event: Happened<AccessEvent>): AccessState {
  switch (event.type) {
    case 'TokenIssued.v1':
      return { active: new Set([...state.active, event.data.id]) };
    case 'TokenRevoked.v1':
      return { active: new Set([...state.active].filter((id) => id !== event.data.id)) };
    case 'RefusalsCounted.v1':
      return state;
    default:
      return unreachable(event);
  }
}
