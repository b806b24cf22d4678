import { accept, reject, unreachable, type Decision } from '../decision.js';
import type { AccessCommand } from './commands.js';
import type { AccessEvent } from './events.js';
import type { AccessState } from './state.js';

export function decide(command: AccessCommand, state: AccessState): Decision<AccessEvent> {
  const { subject, remarks } = command;
  switch (command.kind) {
    case 'issue-token':
      return accept({ type: 'TokenIssued.v1', data: command.grant, remarks });
    case 'revoke-token':
      return state.active.has(command.id)
        ? accept({ type: 'TokenRevoked.v1', data: { id: command.id, subject }, remarks })
        : reject('not-found', `No active token ${command.id} of ${subject}.`);
    case 'count-refusals':
      return accept({ type: 'RefusalsCounted.v1', data: command.counted, remarks });
    default:
      return unreachable(command);
  }
}
