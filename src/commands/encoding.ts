import { hash } from 'node:crypto';
import type { DomainEvent } from '../domain/event.js';
import { SALTS_BYTES, type NewEvent, type StreamEvent } from '../event-store/port.js';
import { canonicalize } from './canonical.js';
import { randomBytesFromPool } from './random-pool.js';

/** All metadata of an event besides actor and times, as it is stored and later hashed. */
export interface EventMeta {
  readonly channel: string;
  readonly correlationId: string;
  readonly causationId?: string;
  /** Stream → revision of everything that the decision saw. */
  readonly decidedAgainst: Readonly<Record<string, number>>;
  readonly pipeline?: string;
  /** SHA-256 of the command in hex, its remarks under their salt, where it came with an `Idempotency-Key`. */
  readonly request?: string;
}

interface Envelope {
  readonly id: string;
  readonly occurredAt: string;
  readonly actor: string;
  readonly meta: EventMeta;
  readonly salts?: Uint8Array;
}

/** Fresh salts for an event's `data`, `remarks` and `meta`. */
export const freshSalts = (): Uint8Array => randomBytesFromPool(SALTS_BYTES);

/** An event in the form in which it is stored: canonical texts (RFC 8785) and a salt for each of the three. */
export function encode(event: DomainEvent, { id, occurredAt, actor, meta, salts = freshSalts() }: Envelope): NewEvent {
  return {
    id,
    type: event.type,
    occurredAt,
    actor,
    data: canonicalize(event.data),
    remarks: canonicalize(event.remarks),
    meta: canonicalize(meta),
    salts,
  };
}

/** The domain's view of a stored event. Its shape was checked by the type system when it was written. */
export function decode<E extends DomainEvent>(
  recorded: StreamEvent,
): E & {
  id: string;
  revision: number;
  occurredAt: string;
} {
  const { type, id, revision, occurredAt, data, remarks } = recorded;
  return {
    type,
    id,
    revision,
    occurredAt,
    data: JSON.parse(data) as unknown,
    remarks: remarks === null ? {} : (JSON.parse(remarks) as unknown),
  } as E & { id: string; revision: number; occurredAt: string };
}

/** What makes a command another one under the same key: all of it. */
interface Asked {
  readonly remarks: unknown;
}

/**
 * What tells a repeated command from another one under the same key. The remarks go in as their hash under the event's
 * own salt: it is erased with them, and then nobody can try words until the fingerprint is right.
 */
export const fingerprintOf = (command: Asked, salts: Uint8Array): string =>
  fingerprintWith(command, saltedRemarks(command, salts));

/** Whether the event was written for this very command. Of one whose remarks were erased, all else is compared. */
export function isAnswerTo(command: Asked, { meta, remarks, remarksHash, salts }: StreamEvent): boolean {
  const { request } = JSON.parse(meta) as EventMeta;
  const hashed = remarks === null ? remarksHash : saltedRemarks(command, salts);
  if (hashed !== undefined && request === fingerprintWith(command, hashed)) return true;
  // As it was made before remarks could be erased.
  return request === hash('sha256', canonicalize(command), 'hex');
}

const fingerprintWith = (command: Asked, remarksHash: string): string =>
  hash('sha256', canonicalize({ ...command, remarks: remarksHash }), 'hex');

/** The same that the event's leaf has of them: SHA-256(salt ‖ text) in hex. */
const saltedRemarks = ({ remarks }: Asked, salts: Uint8Array): string =>
  hash('sha256', Buffer.concat([salts.subarray(16, 32), Buffer.from(canonicalize(remarks))]), 'hex');
