import type { RecordedEvent } from './port.js';

/** How many events one call of `append` takes. */
export const MOVE_BATCH_EVENTS = 500;

export interface MoveState {
  /**
   * `empty`: nothing is there. `begun`: an earlier move did not come to its end. `finished`: a ledger was moved there.
   * `occupied`: a ledger is there that was not moved.
   */
  readonly status: 'empty' | 'begun' | 'finished' | 'occupied';
  /** Position of the last event there, -1 for none. */
  readonly head: number;
}

/**
 * A place that a ledger is moved to: its events come with the positions and times of record that they have. From
 * `begin` to `finish` no store can be opened there. A process that ends in between leaves a beginning of the ledger,
 * which goes on after its last event.
 */
export interface MoveTarget {
  state(): Promise<MoveState>;
  begin(): Promise<void>;
  /**
   * Writes the next events of the ledger: the batch from a multiple of `MOVE_BATCH_EVENTS` on, or what is missing of it.
   *
   * @throws StoreError `in-use` when somebody else was writing there, and `unavailable` when the server went away; what
   * was written is a beginning all the same
   */
  append(events: readonly RecordedEvent[]): Promise<void>;
  readAll(fromPosition: number, limit: number): Promise<RecordedEvent[]>;
  /**
   * The first event there that is none of the moved ones and stands before the last of them, or between them: where it
   * is, in words. `onSeen` is told of each event that was looked at.
   */
  findStranger(last: RecordedEvent, onSeen: () => void, signal: AbortSignal): Promise<string | undefined>;
  finish(): Promise<void>;
  close(): Promise<void>;
}
