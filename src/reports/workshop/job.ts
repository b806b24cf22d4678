import type { DataSource } from 'typeorm';
import type { EventReader } from '../../event-store/port.js';
import type { TreeReader } from '../../ledger/tree/reader.js';
import type { ViewQueries } from '../../views/queries.js';

/** What a job reads from, in its own thread and on its own connections. */
export interface JobContext {
  readonly views: ViewQueries;
  /** The same connection, which only reads, for what goes through a whole population. */
  readonly source: DataSource;
  readonly events: EventReader;
  /** Opened for each job and closed by it: the tree's file may be made anew in between. @throws SealError */
  readonly openTree: () => TreeReader;
  readonly progress: (done: number, total: number) => void;
}

/** Work that takes too long for the thread that answers requests. Input and output are copied between threads. */
export type Job<Input, Output> = (input: Input, context: JobContext) => Promise<Output>;
