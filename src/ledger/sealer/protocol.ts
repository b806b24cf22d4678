import type { LogKey, SealerStatus } from '../sealed-ledger.js';
import type { WitnessesStatus } from '../witness/witnesses.js';
import type { LogSettings } from './open-log.js';

/** What the sealer's thread is started with. */
export interface SealerWorkerData {
  readonly folder: string;
  readonly eventStore: string;
  readonly settings: LogSettings;
  readonly sealIntervalMs: number;
  /** Who is asked to cosign, as the setting has it. */
  readonly witnesses: string;
  readonly witnessesRequired: number;
}

export type ToSealer =
  /** Somebody waits to see sealed what the ledger has now. */
  | { readonly kind: 'hurry' }
  /** Replace the key by a new one. */
  | { readonly kind: 'rotate' }
  /** What was read of the tree is not what was signed. */
  | { readonly kind: 'tree-damaged'; readonly reason: string }
  | { readonly kind: 'close' };

export type FromSealer =
  | { readonly kind: 'opened' }
  /** It could not begin. */
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string }
  /** A checkpoint may be shown. `tree` counts how often the tree's file was replaced. */
  | { readonly kind: 'published'; readonly size: number; readonly tree: number }
  /** Another key signs from now on. */
  | { readonly kind: 'keys' }
  | { readonly kind: 'status'; readonly status: SealerStatus }
  | { readonly kind: 'witnesses'; readonly status: WitnessesStatus }
  /** It has looked, since it was told to hurry, and has signed what there was. */
  | { readonly kind: 'looked' }
  | { readonly kind: 'rotated'; readonly key: LogKey }
  | { readonly kind: 'not-rotated'; readonly message: string; readonly code?: string }
  | { readonly kind: 'log'; readonly line: string };
