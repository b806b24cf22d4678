/** What the worker needs to begin. */
export interface ProjectorWorkerData {
  readonly eventStore: string;
  readonly database: string;
}

/** `head`: the ledger has grown; `isUrgent` when somebody waits to see it. Each is answered by a `moved`. */
export type ToProjector = { readonly kind: 'head'; readonly isUrgent: boolean } | { readonly kind: 'close' };

export type FromProjector =
  /** The tables are there and it is about to read; `head` is the ledger's last position. */
  | { readonly kind: 'ready'; readonly positions: Record<string, number>; readonly head: number }
  | { readonly kind: 'moved'; readonly positions: Record<string, number>; readonly head: number }
  /** It has stopped and projects nothing more. */
  | { readonly kind: 'failed'; readonly message: string };
