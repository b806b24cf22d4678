import type { SigningCommand } from '../../domain/signing/commands.js';
import { decide } from '../../domain/signing/decide.js';
import type { SigningEvent } from '../../domain/signing/events.js';
import type { SigningState } from '../../domain/signing/state.js';
import { SIGNING_STREAM } from '../../domain/streams.js';
import type { Aggregate } from '../aggregate.js';
import { signingFolding } from './foldings.js';

export const signingAggregate: Aggregate<SigningCommand, SigningState, SigningEvent, undefined> = {
  ...signingFolding,
  stream: () => SIGNING_STREAM,
  gather: () => Promise.resolve(undefined),
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: () => ({}),
};
