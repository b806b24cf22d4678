import type { Append, AppendOutcome, Snapshot } from '../port.js';
import { SALTS_BYTES } from '../port.js';

/** What the writer's thread is started with. */
export interface WriterOptions {
  readonly file: string;
  /** The file may not grow beyond so many pages, as on a full disk. */
  readonly maxPageCount?: number;
}

/** An append as nine fields in a row: a flat array is cloned to another thread twice as fast as objects. */
export const FIELDS_AN_APPEND = 9;

export interface SavedSnapshot extends Snapshot {
  readonly stream: string;
}

/** What one transaction commits: the appends of several calls, one call after the other. */
export interface Batch {
  readonly fields: readonly (string | number)[];
  readonly salts: Uint8Array;
  /** How many appends each call has. */
  readonly calls: readonly number[];
  readonly snapshots: readonly SavedSnapshot[];
}

export type ToWriter = Batch | 'close';

export type FromWriter =
  | { readonly kind: 'ready' }
  /** Four numbers an append, and how many transactions there were so far. */
  | { readonly kind: 'committed'; readonly outcomes: Float64Array; readonly transactions: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export const NUMBERS_AN_OUTCOME = 4;
export const OUTCOME = { appended: 0, repeated: 1, conflict: 2, idTaken: 3, notAttempted: 4 } as const;

/** One call's appends on their way to the writer. */
export interface Call {
  readonly appends: readonly Append[];
}

export function encodeBatch(calls: readonly Call[], events: number, snapshots: readonly SavedSnapshot[]): Batch {
  const fields: (string | number)[] = [];
  const salts = new Uint8Array(SALTS_BYTES * events);
  const sizes: number[] = [];
  let offset = 0;
  for (const { appends } of calls) {
    sizes.push(appends.length);
    for (const { stream, expectedRevision, event } of appends) {
      const { id, type, occurredAt, actor, data, remarks, meta } = event;
      fields.push(stream, expectedRevision, id, type, occurredAt, actor, data, remarks, meta);
      salts.set(event.salts, offset);
      offset += SALTS_BYTES;
    }
  }
  return { fields, salts, calls: sizes, snapshots };
}

/** Reads the writer's answers one after the other. */
export class OutcomeReader {
  private next = 0;
  private milliseconds = Number.NaN;
  private text = '';

  constructor(private readonly numbers: Float64Array) {}

  read(count: number): AppendOutcome[] {
    const outcomes: AppendOutcome[] = [];
    for (let index = 0; index < count; index++) outcomes.push(this.one());
    return outcomes;
  }

  private one(): AppendOutcome {
    const at = this.next;
    this.next += NUMBERS_AN_OUTCOME;
    const numbers = this.numbers;
    const status = numbers[at];
    if (status === OUTCOME.conflict) return { status: 'conflict', actualRevision: numbers[at + 1] as number };
    if (status === OUTCOME.idTaken) return { status: 'id-taken' };
    if (status === OUTCOME.notAttempted) return { status: 'not-attempted' };
    return {
      status: 'appended',
      position: numbers[at + 1] as number,
      revision: numbers[at + 2] as number,
      recordedAt: this.time(numbers[at + 3] as number),
      repeated: status === OUTCOME.repeated,
    };
  }

  /** Most events of a batch were recorded at the same moment. */
  private time(milliseconds: number): string {
    if (milliseconds !== this.milliseconds) {
      this.milliseconds = milliseconds;
      this.text = new Date(milliseconds).toISOString();
    }
    return this.text;
  }
}
