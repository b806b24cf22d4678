import type { Happened } from '../event.js';
import type { TrustedRootsChanged } from './events.js';

/** Digests of what is trusted. */
export interface TrustState {
  readonly digests: readonly string[];
}

export const initialState = (): TrustState => ({ digests: [] });

export const evolve = (_state: TrustState, { data }: Happened<TrustedRootsChanged>): TrustState => ({
  digests: data.roots.map(({ digest }) => digest),
});
