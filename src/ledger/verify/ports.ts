/** What a file says of itself: {@link damage} by SQLite, {@link otherRules} where it is not as the program makes it. */
interface Inspected {
  readonly damage: readonly string[];
  readonly otherRules: readonly string[];
}

/** `tree.db` as it was at one moment. */
export interface TreeAudit {
  inspect(): Inspected;
  /** All rows in order of level and index, with the bytes of each. */
  rows(): Iterable<{ readonly level: number; readonly index: number; readonly bytes: number }>;
  tile(level: number, index: number): Buffer | undefined;
  close(): void;
}

export interface KeyRow {
  readonly number: number;
  readonly verifierKey: string;
  readonly fromSize: number;
  readonly statement: string | null;
}

export interface CheckpointRow {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly signedAt: string;
}

export interface CosignatureRow {
  readonly size: number;
  readonly witness: string;
  readonly line: string;
  /** Of the checkpoint of this size, where there is one. */
  readonly note: string | null;
}

/** `seals.db` as it was at one moment. */
export interface SealsAudit {
  inspect(): Inspected;
  origins(): readonly string[];
  /** In order of number. */
  keys(): readonly KeyRow[];
  /** In order of size. */
  checkpoints(): Iterable<CheckpointRow>;
  cosignatures(): Iterable<CosignatureRow>;
  close(): void;
}
