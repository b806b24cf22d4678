import type { RecordedEvent } from '../../event-store/port.js';

/**
 * A stored event with its canonical texts as JSON. Without its salts: they belong to proofs. Erased remarks are told
 * from empty ones: they are `null`, and `erased` says so.
 */
export function decodeEvent({ data, remarks, meta, salts: _kept, ...event }: RecordedEvent): object {
  return {
    ...event,
    data: JSON.parse(data) as unknown,
    ...(remarks === null ? { remarks, erased: true } : { remarks: JSON.parse(remarks) as unknown }),
    meta: JSON.parse(meta) as unknown,
  };
}
