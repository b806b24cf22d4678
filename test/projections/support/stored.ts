import type { RecordedEvent } from '../../../src/event-store/port.js';

/** An event as a KurrentDB server hands it to a projection. */
export interface StoredEvent {
  readonly eventType: string;
  readonly streamId: string;
  readonly sequenceNumber: number;
  readonly eventId?: string;
  readonly isJson: boolean;
  readonly data: unknown;
  readonly metadata?: unknown;
}

/** What a projection reads of an event: the facts are its data, the rest of the envelope its metadata, marked as Cairn's. */
export const stored = (event: RecordedEvent): StoredEvent => ({
  eventType: event.type,
  streamId: event.stream,
  sequenceNumber: event.revision,
  eventId: event.id,
  isJson: true,
  data: event.data,
  metadata: { cairn: 1, actor: event.actor, occurredAt: event.occurredAt },
});

/** As a link names it. */
export const linkOf = (event: RecordedEvent): string => `${event.revision}@${event.stream}`;

/** What nobody should ever write, and what a projection must not stop at. Each is the text of an event's data. */
export const MALFORMED = [
  ...['not json', '{"cut":', 'null', '5', '"text"', 'true', '[]', '[{"digest":"sha256:00"}]'],
] as const;

/** Facts that are an object and lack, or misname, what they should have. */
export const MISSHAPEN = ['{}', '{"service":5}', '{"service":"__proto__","digest":"sha256:00"}'] as const;
