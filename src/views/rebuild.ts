import { openEventReader } from '../adapters.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { GENEROUS, ViewsDatabaseError, WriteDatabase } from './database.js';
import { buildIndexes, dropIndexes } from './indexes.js';
import { unmarkLedger } from './ledger-mark.js';
import { PROJECTORS } from './projectors.js';
import { ProjectionRunner } from './runner.js';

export interface RebuildOptions {
  /** URL of the event store. */
  readonly eventStore: string;
  /** `sqlite:<path>` or `postgres://…` of the views. */
  readonly database: string;
  /** Done once the views are empty and before they are filled: none of them has what it takes out of the ledger. */
  readonly whileEmpty?: () => Promise<void> | void;
  /** Told after each batch; `head` is the ledger's last position. */
  readonly onProgress?: (position: number, head: number) => void;
}

/** Events a transaction. Nobody waits to see them, and a page is written once for all rows that it takes. */
const BATCH_EVENTS = 10_000;

/** How long to wait for a server that is being stopped to let go of the views. */
const HOLD_TRIES = { count: 20, everyMs: 250 };

/**
 * Empties all views, whatever ledger they are of, and fills them again from this one. Nothing else may be writing them
 * meanwhile.
 *
 * @throws ViewsDatabaseError when a server projects them
 */
export async function rebuildViews({ eventStore, database, whileEmpty, onProgress }: RebuildOptions): Promise<void> {
  const reader = await openEventReader(eventStore);
  try {
    const views = await WriteDatabase.open(database, GENEROUS);
    try {
      await takeHold(views);
      const runner = await ProjectionRunner.start(reader, views, PROJECTORS, BATCH_EVENTS);
      await runner.restart();
      await unmarkLedger(views);
      await dropIndexes(views, PROJECTORS);
      // Rows that are gone may be in the file still; there is next to nothing left that this would have to copy.
      if (!views.isShared) await views.run('VACUUM');
      await whileEmpty?.();
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

async function takeHold(views: WriteDatabase): Promise<void> {
  for (let tries = 0; tries < HOLD_TRIES.count; tries++) {
    if (await views.hold()) return;
    await sleep(HOLD_TRIES.everyMs);
  }
  const who = await views.holder();
  throw new ViewsDatabaseError(`the views are being projected by ${who}: stop the servers that share them first`, {
    code: 'database-held',
  });
}
