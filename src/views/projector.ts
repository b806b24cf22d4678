import type { BatchRows, EntityClass } from './rows.js';
import type { ViewEvent } from './view-event.js';

/** Makes the rows of one view from events, batch by batch. The same events give the same rows, however cut. */
export interface Projector {
  readonly view: string;
  /** Raised whenever the same events give other rows than before: the view is then emptied and filled again. */
  readonly version: number;
  /** The view's tables, which nothing else writes. */
  readonly entities: readonly EntityClass[];
  project(events: readonly ViewEvent[], rows: BatchRows): Promise<void>;
}
