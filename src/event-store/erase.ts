import type { Appended, NewEvent, RecordedEvent } from './port.js';

export interface Erasure {
  /** Of the event whose remarks go. */
  readonly position: number;
  /** What its leaf has of them: SHA-256 of salt and text, in hex. */
  readonly remarksHash: string;
  /** The event that records it; its data says the same position and hash. Goes to the end of its stream. */
  readonly record: NewEvent;
  readonly stream: string;
}

/** A store that remarks can be erased in, held alone: nobody else writes to it until it is closed. */
export interface Eraser {
  findById(id: string): Promise<RecordedEvent | undefined>;
  /** Last revision of a stream, -1 for one that is not there. */
  revisionOf(stream: string): number;
  /**
   * Appends the record and erases the remarks with their salt, both or neither. Durable when it answers; the bytes are
   * overwritten at the latest by `wipe`.
   *
   * @throws StoreError when nothing was written: for what is erased already or records an erasure itself, too
   */
  erase(erasure: Erasure): Appended;
  /**
   * Overwrites what was erased wherever the store's files still have it, by writing them anew: they take up to three
   * times their room meanwhile. False while another process reads them.
   *
   * @throws StoreError `unavailable` where there is no room; what was erased stays so, and this can be done again
   */
  wipe(): boolean;
  close(): Promise<void>;
}
