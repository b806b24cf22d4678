import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Append, AppendOutcome, EventStore, RecordedEvent } from '../../../src/event-store/port.js';
import type { StoreUnderTest } from '../event-store.contract.js';
import { append, everything, placesOf, upTo } from '../helpers/events.js';

interface Step {
  readonly stream: number;
  /** How far from what the writer believes the expected revision is. */
  readonly off: number;
  /** Sends an earlier append of this writer once more instead of a new one. */
  readonly again: boolean;
}

interface Sent {
  readonly append: Append;
  readonly outcome: AppendOutcome;
}

const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat({ max: 3 }),
  off: fc.constantFrom(0, 0, 0, 0, -1, 1),
  again: fc.constantFrom(false, false, false, true),
});
const writerPlan = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 });

/** Some thousand appends, each of which costs a real server a few milliseconds. */
const TIMEOUT_MS = 180_000;

export function describeInterleaving(underTest: () => StoreUnderTest): void {
  it(
    'keeps its promises among writers that race with right and wrong expectations',
    async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(writerPlan, { minLength: 2, maxLength: 5 }), async (plans) => {
          run += 1;
          const { store } = underTest();
          const start = (await store.head()) + 1;
          const name = (stream: number) => `environment-${run}-${stream}`;
          const sent = (await Promise.all(plans.map((plan) => write(store, plan, name)))).flat();
          const ledger = (await everything(store)).slice(start);
          expect(ledger.map(({ position }) => position - start)).toEqual(upTo(ledger.length));
          expectDenseStreams(ledger);
          expectAcknowledged(ledger, sent);
        }),
        { numRuns: 40 },
      );
    },
    TIMEOUT_MS,
  );
}

/** Sends a plan's calls one after the other, believing what the answers say about the streams' revisions. */
async function write(
  store: EventStore,
  plan: readonly (readonly Step[])[],
  name: (stream: number) => string,
): Promise<Sent[]> {
  const believed = new Map<string, number>();
  const sent: Sent[] = [];
  for (const steps of plan) {
    const ahead = new Map(believed);
    const call = steps.map(({ stream, off, again }) => {
      const earlier = again ? sent.at(-1)?.append : undefined;
      if (earlier) return earlier;
      const target = name(stream);
      const revision = ahead.get(target) ?? -1;
      ahead.set(target, revision + 1);
      return append(target, Math.max(-1, revision + off));
    });
    const outcomes = await store.appendAll(call);
    expect(outcomes).toHaveLength(call.length);
    expectPrefix(outcomes);
    outcomes.forEach((outcome, index) => {
      const one = call[index];
      if (!one) return;
      sent.push({ append: one, outcome });
      if (outcome.status === 'appended') {
        believed.set(one.stream, Math.max(believed.get(one.stream) ?? -1, outcome.revision));
      } else if (outcome.status === 'conflict') believed.set(one.stream, outcome.actualRevision);
    });
  }
  return sent;
}

/** Appended up to the first that could not be, not attempted after it. */
function expectPrefix(outcomes: readonly AppendOutcome[]): void {
  const stop = outcomes.findIndex(({ status }) => status !== 'appended');
  if (stop < 0) return;
  expect(outcomes[stop]?.status).toBe('conflict');
  expect(outcomes.slice(stop + 1).every(({ status }) => status === 'not-attempted')).toBe(true);
}

function expectDenseStreams(ledger: readonly RecordedEvent[]): void {
  const revisions = new Map<string, number>();
  for (const { stream, revision } of ledger) {
    expect(revision).toBe((revisions.get(stream) ?? -1) + 1);
    revisions.set(stream, revision);
  }
}

/** Exactly what was acknowledged is there, once, where the acknowledgement said, and where its writer expected. */
function expectAcknowledged(ledger: readonly RecordedEvent[], sent: readonly Sent[]): void {
  const acknowledged = new Map<string, object>();
  for (const { append: one, outcome } of sent) {
    if (outcome.status !== 'appended') continue;
    const { position, revision, recordedAt, repeated } = outcome;
    if (!repeated) expect(revision).toBe(one.expectedRevision + 1);
    const known = acknowledged.get(one.event.id);
    const place = { id: one.event.id, stream: one.stream, position, revision, recordedAt };
    if (known) expect(place).toEqual(known);
    acknowledged.set(one.event.id, place);
  }
  const stored = placesOf(ledger);
  expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
  const inOrder = [...acknowledged.values()] as typeof stored;
  expect(stored).toEqual(inOrder.sort((one, other) => one.position - other.position));
}
