import type { LedgerKeyRotated } from './events.js';

/** The key has been rotated already: the facts come with the command. */
export interface RecordKeyRotation {
  readonly kind: 'record-key-rotation';
  readonly facts: LedgerKeyRotated['data'];
  readonly remarks: LedgerKeyRotated['remarks'];
}

export type SigningCommand = RecordKeyRotation;
