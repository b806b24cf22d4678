import { openEventReader } from '../adapters.js';
import { GENEROUS, WriteDatabase } from './database.js';
import { buildIndexes, dropIndexes } from './indexes.js';
import { PROJECTORS } from './projectors.js';
import { ProjectionRunner } from './runner.js';

export interface RebuildOptions {
  /** URL of the event store. */
  readonly eventStore: string;
  /** `sqlite:<path>` of the views. */
  readonly database: string;
  /** Told after each batch; `head` is the ledger's last position. */
  readonly onProgress?: (position: number, head: number) => void;
}

/** Events a transaction. Nobody waits to see them, and a page is written once for all rows that it takes. */
const BATCH_EVENTS = 10_000;

/** Empties all views and fills them again from the ledger. Nothing else may be writing them meanwhile. */
export async function rebuildViews({ eventStore, database, onProgress }: RebuildOptions): Promise<void> {
  const reader = await openEventReader(eventStore);
  try {
    const views = await WriteDatabase.open(database, GENEROUS);
    try {
      const runner = await ProjectionRunner.start(reader, views, PROJECTORS, BATCH_EVENTS);
      await runner.restart();
      await dropIndexes(views, PROJECTORS);
      const head = await reader.head();
      while (await runner.step()) onProgress?.(runner.position, Math.max(head, runner.position));
      await buildIndexes(views, PROJECTORS);
    } finally {
      await views.close();
    }
  } finally {
    await reader.close();
  }
}
