import type { DomainEvent } from '../event.js';

/** The remarks of an event were erased. Its place, its facts and its leaf are what they were. */
export type RemarksErased = DomainEvent<
  'RemarksErased.v1',
  {
    readonly eventId: string;
    readonly position: number;
    /** What the leaf has of the remarks: SHA-256 of salt and text, in hex. */
    readonly remarksHash: string;
  },
  { readonly reason: string }
>;

/** Stream `erasures`. */
export type ErasureEvent = RemarksErased;
