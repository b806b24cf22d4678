/**
 * The event store as the rest of Cairn sees it. Every adapter passes `test/contract/event-store.contract.ts`.
 *
 * Positions and revisions are 0-based and dense. A position is an event's place in the whole ledger, a revision its
 * place in its stream. `data`, `remarks` and `meta` are RFC 8785 (JCS) texts: what is hashed is what is stored.
 */
export interface NewEvent {
  /** UUID, lower case. Appending the same id to the same stream again answers what the first append answered. */
  readonly id: string;
  /** Type with its version: `ArtifactBaked.v1`. */
  readonly type: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly occurredAt: string;
  /** Pseudonymous subject. */
  readonly actor: string;
  readonly data: string;
  readonly remarks: string;
  readonly meta: string;
  /** As many random bytes as `SALTS_BYTES` says. */
  readonly salts: Uint8Array;
}

/** Bytes of the salts of `data`, `remarks` and `meta`, 16 each, in this order. */
export const SALTS_BYTES = 48;

/** An event as its stream has it. Its place in the ledger is given later where streams are written at several servers. */
export interface StreamEvent extends Omit<NewEvent, 'remarks'> {
  readonly stream: string;
  readonly revision: number;
  /** `null` once erased. The salt of them is then zeros. */
  readonly remarks: string | null;
  /** What the leaf has of erased remarks: SHA-256 of salt and text, in hex. There exactly when they were erased. */
  readonly remarksHash?: string;
}

export interface RecordedEvent extends StreamEvent {
  readonly position: number;
  /** The store's clock when it took the event; never goes back along positions. RFC 3339, UTC, milliseconds. */
  readonly recordedAt: string;
}

/** One event for one stream. `expectedRevision` is the stream's last revision, -1 for a stream that is not there yet. */
export interface Append {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly event: NewEvent;
}

export interface Appended {
  readonly status: 'appended';
  readonly position: number;
  readonly revision: number;
  readonly recordedAt: string;
  /** True when this id was in the stream already and nothing was written now. */
  readonly repeated: boolean;
}

export type AppendOutcome =
  | Appended
  /** The stream is not at the expected revision. */
  | { readonly status: 'conflict'; readonly actualRevision: number }
  /** The id belongs to an event of another stream. */
  | { readonly status: 'id-taken' }
  /** An append before it in the same call was not appended. */
  | { readonly status: 'not-attempted' };

export interface Subscription {
  close(): Promise<void>;
}

/** The reading half, which a worker thread can have for itself. */
export interface EventReader {
  /** Whether other processes append to this ledger too, so that a state may be behind without this process knowing. */
  readonly isShared?: boolean;
  /** Events of a stream in order, from a revision, at most `limit`; empty for a stream that is not there. */
  readStream(stream: string, fromRevision: number, limit: number): Promise<StreamEvent[]>;
  /** Events of the ledger in order, from a position, at most `limit`. */
  readAll(fromPosition: number, limit: number): Promise<RecordedEvent[]>;
  /** Events of all streams whose name starts with `prefix`, in order, from a position, at most `limit`. */
  readCategory(prefix: string, fromPosition: number, limit: number): Promise<RecordedEvent[]>;
  findById(id: string): Promise<RecordedEvent | undefined>;
  /** Position of the last durable event, -1 for an empty ledger. */
  head(): Promise<number>;
  close(): Promise<void>;
}

export interface EventStore extends EventReader {
  /**
   * Appends in order and stops at the first that cannot be appended; those before it stay. Durable when it answers.
   * Calls that wait at the same time are committed together, each whole or not at all up to its stopping point.
   *
   * @throws StoreError `unavailable` when nothing of this call was or will be written, `unsettled` when that is not known
   * or the positions are not yet
   */
  appendAll(appends: readonly Append[]): Promise<AppendOutcome[]>;
  /**
   * Hands over every event from a position on, in batches in order, first those that are there, then new ones as they
   * become durable. The next batch waits until the handler has finished. A handler that throws ends the subscription
   * and calls `onError`.
   */
  subscribe(
    fromPosition: number,
    onEvents: (events: readonly RecordedEvent[]) => Promise<void> | void,
    onError: (error: unknown) => void,
  ): Subscription;
}

/** A stream's folded state at a revision. Can be thrown away at any time: it only saves reading from the start. */
export interface Snapshot {
  readonly revision: number;
  /** Version of the state's shape; another one is ignored. */
  readonly version: number;
  readonly state: string;
}

export interface SnapshotStore {
  loadSnapshot(stream: string): Promise<Snapshot | undefined>;
  saveSnapshot(stream: string, snapshot: Snapshot): Promise<void>;
}

/**
 * `unsettled` says that the store went away before it said whether it had written: the same key sent again is answered
 * as the first time. `denied`, `untrusted`, `foreign` and `read-only` say what is wrong with a server: the credentials,
 * its certificate, that it is something else, and that it takes no writes. `unfinished`: a ledger is being moved there.
 */
export const STORE_ERROR_CODES = [
  'in-use',
  'unavailable',
  'unsettled',
  'corrupt',
  'closed',
  'denied',
  'untrusted',
  'foreign',
  'read-only',
  'unfinished',
] as const;
export type StoreErrorCode = (typeof STORE_ERROR_CODES)[number];

export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
