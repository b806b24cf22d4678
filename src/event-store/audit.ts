import type { RecordedEvent, Snapshot } from './port.js';

/** An event exactly as it is stored, whatever is wrong with it. */
export interface AuditedEvent extends RecordedEvent {
  /** What of it is not what it is read as: a reference that leads nowhere, bytes that are no UTF-8. */
  readonly broken?: string;
}

/** A row of what says that remarks were erased. */
export interface ErasureRow {
  readonly position: number;
  /** In hex. */
  readonly remarksHash: string;
  readonly erasedBy: number;
}

/** A ledger to be audited as it was at one moment, its writer going on meanwhile. */
export interface LedgerAudit {
  /** What is damaged or not as the program makes it; nothing where another program keeps the files. */
  inspect(): { readonly damage: readonly string[]; readonly otherRules: readonly string[] };
  /** Whether the store itself sees to it that no id comes twice, as long as {@link inspect} finds nothing. */
  readonly keepsIdsUnique: boolean;
  /** The highest position, -1 for an empty ledger. */
  head(): Promise<number>;
  /** Every event in order of position, a page at a time, positions that are not there left out. */
  pages(): AsyncIterable<readonly AuditedEvent[]>;
  /** Undefined where the store has no such rows of its own. */
  erasures(): Iterable<ErasureRow> | undefined;
  /** Names that the store keeps beside the events, for them to refer to; none where it does not. */
  streamNames(): Iterable<string>;
  typeNames(): readonly string[];
  snapshots(): Iterable<Snapshot & { readonly stream: string }>;
  close(): Promise<void>;
}
