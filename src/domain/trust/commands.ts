import type { Remarks } from '../event.js';
import type { TrustedRoot } from './events.js';

/** What the settings name is what is trusted. */
export interface TrustRoots {
  readonly kind: 'trust-roots';
  readonly roots: readonly TrustedRoot[];
  readonly remarks: Remarks;
}
