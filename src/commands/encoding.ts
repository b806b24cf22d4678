import { hash } from 'node:crypto';
import type { DomainEvent } from '../domain/event.js';
import type { NewEvent, StreamEvent } from '../event-store/port.js';
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
  /** SHA-256 of the command in hex, where it came with an `Idempotency-Key`. */
  readonly request?: string;
}

interface Envelope {
  readonly id: string;
  readonly occurredAt: string;
  readonly actor: string;
  readonly meta: EventMeta;
}

/** Three salts of 16 bytes. */
const SALT_BYTES = 48;

/** An event in the form in which it is stored: canonical texts (RFC 8785) and a fresh salt for each of the three. */
export function encode(event: DomainEvent, { id, occurredAt, actor, meta }: Envelope): NewEvent {
  return {
    id,
    type: event.type,
    occurredAt,
    actor,
    data: canonicalize(event.data),
    remarks: canonicalize(event.remarks),
    meta: canonicalize(meta),
    salts: randomBytesFromPool(SALT_BYTES),
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

/** What tells a repeated command from another one under the same key. */
export const fingerprintOf = (command: unknown): string => hash('sha256', canonicalize(command), 'hex');
