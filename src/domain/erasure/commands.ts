import type { RemarksErased } from './events.js';

export interface EraseRemarks {
  readonly facts: RemarksErased['data'];
  readonly remarks: RemarksErased['remarks'];
}

/** What decides: the event as it stands. */
export interface ErasureTarget {
  readonly type: string;
  /** RFC 8785 text; `null` once erased. */
  readonly remarks: string | null;
}
