import fc from 'fast-check';
import type { FakeLedger } from '../../unit/views/ledger.js';
import { histories } from './history.js';
import { MALFORMED, MISSHAPEN, stored, type StoredEvent } from './stored.js';

export interface Spoilt {
  readonly ledger: FakeLedger;
  readonly whole: readonly StoredEvent[];
  /** The same events with malformed ones between them. */
  readonly spoilt: readonly StoredEvent[];
  readonly malformed: number;
}

/** Metadata as Cairn writes them, and as it does not. */
const OURS = '{"cairn":1,"occurredAt":"2026-02-02T00:00:00.000Z"}';
const METADATA = [OURS, 'not json', 'null', '{}'];

/**
 * A history, and the same one with events between that must not count: malformed ones of these types in these streams,
 * and copies of its own that Cairn did not write.
 */
export function spoiltHistories(places: readonly (readonly [type: string, stream: string])[]): fc.Arbitrary<Spoilt> {
  const types = places.map(([type]) => type);
  const spoiler = fc.record({
    place: fc.constantFrom(...places),
    text: fc.constantFrom(...MALFORMED, ...MISSHAPEN),
    metadata: fc.constantFrom(...METADATA),
    isCopy: fc.boolean(),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  return fc.tuple(histories, fc.array(spoiler, { minLength: 1, maxLength: 12 })).map(([ledger, spoilers]) => {
    const whole = ledger.events.map(stored);
    const handled = whole.filter(({ eventType }) => types.includes(eventType));
    const spoilt = [...whole];
    for (const { place, text: data, metadata, isCopy, at } of spoilers) {
      const [eventType, streamId] = place;
      const copied = isCopy && handled[Math.floor(at * handled.length)];
      const malformed = { eventType, streamId, sequenceNumber: 9_999, isJson: true, data, metadata };
      const event = copied ? { ...copied, metadata: { occurredAt: '2026-02-02T00:00:00.000Z' } } : malformed;
      spoilt.splice(Math.floor(at * (spoilt.length + 1)), 0, event);
    }
    return { ledger, whole, spoilt, malformed: spoilers.length };
  });
}

/** How many events the states say were skipped. */
export const skippedOf = (states: Readonly<Record<string, { readonly skipped: number }>>): number =>
  Object.values(states).reduce((sum, { skipped }) => sum + skipped, 0);

/** The states without that number, and without those that hold nothing but it. */
export function withoutSkipped<State extends { readonly skipped: number }>(
  states: Readonly<Record<string, State>>,
  empty: Omit<State, 'skipped'>,
): Record<string, Omit<State, 'skipped'>> {
  const kept = Object.entries(states).map(
    ([partition, { skipped: _skipped, ...state }]) => [partition, state] as const,
  );
  return Object.fromEntries(kept.filter(([, state]) => JSON.stringify(state) !== JSON.stringify(empty)));
}
