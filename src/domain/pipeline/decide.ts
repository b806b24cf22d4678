import { accept, reject, unreachable, type Decision } from '../decision.js';
import type { PipelineCommand } from './commands.js';
import type { PipelineEvent } from './events.js';
import type { PipelineState } from './state.js';

/** Only administrators call these, so nothing here is a refusal of a change. */
export function decide(command: PipelineCommand, state: PipelineState): Decision<PipelineEvent> {
  const { id, remarks } = command;
  if (command.kind === 'register-pipeline') {
    return state.status === 'unregistered'
      ? accept({ type: 'PipelineRegistered.v1', data: command.registration, remarks })
      : reject('already-exists', `Pipeline ${id} is registered already; change it with PUT.`);
  }
  if (state.status === 'unregistered') return reject('not-found', `No pipeline ${id} is registered.`);
  switch (command.kind) {
    case 'change-pipeline':
      return accept({ type: 'PipelineRegistered.v1', data: command.registration, remarks });
    case 'suspend-pipeline':
      return accept({ type: 'PipelineSuspended.v1', data: { id }, remarks });
    case 'reinstate-pipeline':
      return state.status === 'suspended'
        ? accept({ type: 'PipelineReinstated.v1', data: { id }, remarks })
        : reject('not-suspended', `Pipeline ${id} is not suspended.`);
    case 'add-pipeline-key':
      return hasKey(state, command.key.keyId)
        ? reject('already-exists', `Pipeline ${id} has the key ${command.key.keyId} already.`)
        : accept({ type: 'PipelineKeyAdded.v1', data: { id, ...command.key }, remarks });
    case 'revoke-pipeline-key':
      return hasKey(state, command.keyId)
        ? accept({ type: 'PipelineKeyRevoked.v1', data: { id, keyId: command.keyId }, remarks })
        : reject('not-found', `Pipeline ${id} has no key ${command.keyId}.`);
    default:
      return unreachable(command);
  }
}

const hasKey = (state: Exclude<PipelineState, { status: 'unregistered' }>, keyId: string): boolean =>
  state.keys.some((key) => key.keyId === keyId);
