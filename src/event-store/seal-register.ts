/** One entry of the register, as the store has it: nothing of it is checked. */
export interface RegisterEntry {
  /** With its version. */
  readonly type: string;
  /** A value of JSON. */
  readonly data: unknown;
}

/**
 * What servers that share a ledger have signed of it, in one order: a list in the store that only grows. An entry's
 * index, 0-based and dense, is given once, so that of two servers that would sign at the same time one is first.
 *
 * Each call throws StoreError; `unsettled` where it is not known whether entries were added.
 */
export interface SealRegister {
  /** Entries from an index on, in order, at most `limit`. */
  read(fromIndex: number, limit: number): Promise<RegisterEntry[]>;
  last(): Promise<{ readonly index: number; readonly entry: RegisterEntry } | undefined>;
  /** Adds entries from an index on, in one piece and durably. @returns false where somebody else was first */
  append(index: number, entries: readonly RegisterEntry[]): Promise<boolean>;
  /** Whether the ledger came to this store from another one, whole. */
  wasMoved(): Promise<boolean>;
  close(): Promise<void>;
}
