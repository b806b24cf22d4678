import { TRUST_STREAM } from '../../domain/streams.js';
import type { TrustRoots } from '../../domain/trust/commands.js';
import { decide } from '../../domain/trust/decide.js';
import type { TrustedRootsChanged } from '../../domain/trust/events.js';
import type { TrustState } from '../../domain/trust/state.js';
import type { Aggregate } from '../aggregate.js';
import { trustFolding } from './foldings.js';

export const trustAggregate: Aggregate<TrustRoots, TrustState, TrustedRootsChanged, undefined> = {
  ...trustFolding,
  stream: () => TRUST_STREAM,
  gather: () => Promise.resolve(undefined),
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: () => ({}),
};
