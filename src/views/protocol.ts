/** What the worker needs to begin. */
export interface ProjectorWorkerData {
  readonly eventStore: string;
  readonly database: string;
}

/** `head`: the ledger has grown; `isUrgent` when somebody waits to see it. Each is answered by a `moved`. */
export type ToProjector = { readonly kind: 'head'; readonly isUrgent: boolean } | { readonly kind: 'close' };

export type FromProjector =
  /**
   * How far the views are; the first one comes when the tables are there. `head` is the ledger's last position, and
   * `cutOff` why this process could not read the ledger when it tried last, so that the views may not move.
   */
  | {
      readonly kind: 'moved';
      readonly positions: Record<string, number>;
      readonly head: number;
      readonly cutOff?: string;
    }
  /** The database does not answer, and is asked again until it does. */
  | { readonly kind: 'away'; readonly message: string }
  /** It has stopped and projects nothing more. */
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string };
