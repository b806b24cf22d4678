import type { AccessCommand } from '../../domain/access/commands.js';
import { decide } from '../../domain/access/decide.js';
import type { AccessEvent } from '../../domain/access/events.js';
import type { AccessState } from '../../domain/access/state.js';
import { accessStream } from '../../domain/streams.js';
import type { Aggregate } from '../aggregate.js';
import { accessFolding } from './foldings.js';

export const accessAggregate: Aggregate<AccessCommand, AccessState, AccessEvent, undefined> = {
  ...accessFolding,
  stream: ({ subject }) => accessStream(subject),
  gather: () => Promise.resolve(undefined),
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: () => ({}),
};
