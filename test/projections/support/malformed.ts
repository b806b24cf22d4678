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

/** A history, and the same one with malformed events of these types in some of its streams. */
export function spoiltHistories(places: readonly (readonly [type: string, stream: string])[]): fc.Arbitrary<Spoilt> {
  const text = fc.constantFrom(...MALFORMED, ...MISSHAPEN);
  const one = fc.record({ place: fc.constantFrom(...places), text, at: fc.double({ min: 0, max: 1, noNaN: true }) });
  return fc.tuple(histories, fc.array(one, { minLength: 1, maxLength: 12 })).map(([ledger, malformed]) => {
    const whole = ledger.events.map(stored);
    const spoilt = [...whole];
    for (const { place, text: data, at } of malformed) {
      const [eventType, streamId] = place;
      const event = { eventType, streamId, sequenceNumber: 9_999, isJson: true, data, metadata: 'not json' };
      spoilt.splice(Math.floor(at * (spoilt.length + 1)), 0, event);
    }
    return { ledger, whole, spoilt, malformed: malformed.length };
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
