import type { LedgerAudit } from '../../event-store/audit.js';
import type { Snapshot } from '../../event-store/port.js';
import type { Quorum } from './cosignatures.js';
import type { Findings } from './findings.js';
import type { SealsAudit, TreeAudit } from './ports.js';
import type { Kept } from './seals.js';

/** Folds a stream's events anew and compares. What is `ignored` is of no use to anybody, and does no harm. */
type Refold = (stream: string, snapshot: Snapshot) => Promise<'same' | 'other' | 'ignored' | 'unknown-version'>;

export interface LedgerPlan {
  /** Undefined where its file cannot even be opened; that has been told of. */
  readonly ledger: LedgerAudit | undefined;
  readonly tree: TreeAudit | undefined;
  readonly seals: SealsAudit | undefined;
  /** Beginnings and names of the streams that there can be. */
  readonly prefixes: readonly string[];
  /** Verifier keys of those who are trusted; with none, the log's first key is. */
  readonly trusted: readonly string[];
  readonly kept: Kept | undefined;
  readonly quorum: Quorum;
  readonly findings: Findings;
  /** Undefined where snapshots are to be left out. */
  readonly refold: Refold | undefined;
  readonly onProgress: (done: number, total: number) => void;
}
