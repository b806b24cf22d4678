import { accept, type Decision } from '../decision.js';
import type { SigningCommand } from './commands.js';
import type { SigningEvent } from './events.js';

/** A key that signs already is written down, whatever was before. */
export const decide = ({ facts, remarks }: SigningCommand): Decision<SigningEvent> =>
  accept({ type: 'LedgerKeyRotated.v1', data: facts, remarks });
