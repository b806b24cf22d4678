import type { Append } from './port.js';
import { SALTS_BYTES } from './port.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

export function isUuid(id: string): boolean {
  return UUID.test(id);
}

/**
 * Checks what the writer takes for granted, before it waits with others: one wrong value must not fail a transaction
 * that belongs to all of them. Answers how many characters the events have.
 *
 * @throws TypeError for what no caller may send
 */
export function measureAppends(appends: readonly Append[]): number {
  let characters = 0;
  for (const { stream, expectedRevision, event } of appends) {
    if (stream === '') throw new TypeError('A stream needs a name');
    if (!Number.isSafeInteger(expectedRevision) || expectedRevision < -1) {
      throw new TypeError(`Not a revision to expect: ${expectedRevision}`);
    }
    if (!isUuid(event.id)) throw new TypeError(`Not a lower-case UUID: ${event.id}`);
    if (!TIME.test(event.occurredAt)) throw new TypeError(`Not a UTC time with milliseconds: ${event.occurredAt}`);
    if (event.salts.length !== SALTS_BYTES) throw new TypeError(`Salts are ${SALTS_BYTES} bytes`);
    characters += stream.length + event.actor.length + event.data.length + event.remarks.length + event.meta.length;
  }
  return characters;
}
