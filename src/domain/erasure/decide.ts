import type { EraseRemarks, ErasureTarget } from './commands.js';
import type { RemarksErased } from './events.js';

/** Why an event keeps the remarks that it has, or has none. */
export type Kept = 'erased-already' | 'no-remarks' | 'records-an-erasure';

export type ErasureDecision =
  { readonly outcome: 'accepted'; readonly event: RemarksErased } | { readonly outcome: 'kept'; readonly why: Kept };

/** Anything may be erased once, except why something was. */
export function decide({ facts, remarks }: EraseRemarks, target: ErasureTarget): ErasureDecision {
  const record: RemarksErased['type'] = 'RemarksErased.v1';
  if (target.type === record) return { outcome: 'kept', why: 'records-an-erasure' };
  if (target.remarks === null) return { outcome: 'kept', why: 'erased-already' };
  if (target.remarks === '{}') return { outcome: 'kept', why: 'no-remarks' };
  return { outcome: 'accepted', event: { type: record, data: facts, remarks } };
}
