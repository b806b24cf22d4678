import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import { randomBytesFromPool } from './random-pool.js';

/** Namespace of the ids that follow from a key. Fixed for ever: another one would break every retry. */
const NAMESPACE = 'f4a0d8c2-6f0e-4c57-9f0b-3b1f5a8f2d10';

/** The id of the event that a command with this key writes: UUIDv5 of actor and key, so that a retry finds it. */
export const eventIdFor = (actor: string, idempotencyKey: string): string =>
  uuidv5(`${actor}\n${idempotencyKey}`, NAMESPACE);

/** The id of an event whose command came without a key: UUIDv7, which sorts by time. */
export const newEventId = (): string => uuidv7({ random: randomBytesFromPool(16) });
