import { randomBytes, randomUUID } from 'node:crypto';
import type {
  Append,
  Appended,
  AppendOutcome,
  EventStore,
  NewEvent,
  RecordedEvent,
} from '../../../src/event-store/port.js';

export function newEvent(change: Partial<NewEvent> = {}): NewEvent {
  return {
    id: randomUUID(),
    type: 'ArtifactBaked.v1',
    occurredAt: '2026-03-01T12:00:00.000Z',
    actor: 'pipeline:checkout',
    data: '{"component":"payments-api"}',
    remarks: '{}',
    meta: '{"channel":"api"}',
    salts: new Uint8Array(randomBytes(48)),
    ...change,
  };
}

/** An append to a stream, which has to be at `expectedRevision`. */
export function append(stream: string, expectedRevision: number, change: Partial<NewEvent> = {}): Append {
  return { stream, expectedRevision, event: newEvent(change) };
}

/** Appends of new events in a row, from a revision on. */
export function appends(stream: string, count: number, expectedRevision = -1): Append[] {
  return Array.from({ length: count }, (_, index) => append(stream, expectedRevision + index));
}

export async function appendOne(store: EventStore, one: Append): Promise<AppendOutcome> {
  const [outcome] = await store.appendAll([one]);
  if (!outcome) throw new Error('no outcome');
  return outcome;
}

export async function appendAccepted(store: EventStore, one: Append): Promise<Appended> {
  const outcome = await appendOne(store, one);
  if (outcome.status !== 'appended') throw new Error(`not appended: ${outcome.status}`);
  return outcome;
}

export const positionsOf = (events: readonly RecordedEvent[]): number[] => events.map(({ position }) => position);
export const idsOf = (events: readonly RecordedEvent[]): string[] => events.map(({ id }) => id);
/** Where each event is: what an acknowledgement says of it. */
export const placesOf = (events: readonly RecordedEvent[]) =>
  events.map(({ id, stream, position, revision, recordedAt }) => ({ id, stream, position, revision, recordedAt }));
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** The whole ledger, read a page at a time. */
export async function everything(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readAll(events.length, 1_000);
    if (page.length === 0) return events;
    events.push(...page);
  }
}
