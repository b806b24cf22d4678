import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openEventReader } from '../adapters.js';
import { StoreError, type EventReader } from '../event-store/port.js';
import { WriteDatabase } from './database.js';
import { buildIndexes } from './indexes.js';
import { PROJECTORS } from './projectors.js';
import type { FromProjector, ProjectorWorkerData, ToProjector } from './protocol.js';
import { ProjectionRunner } from './runner.js';

const { eventStore, database } = workerData as ProjectorWorkerData;
const port = parentPort;
if (!port) throw new Error('projector.worker.js runs in a worker thread only');

const post = (message: FromProjector): void => port.postMessage(message);

/**
 * Under load the next batch is gathered for a while, since every commit writes the same few pages again. A batch of a
 * few events shows that there is no load, one of many that there is enough already.
 */
const GATHER_AFTER_EVENTS = { from: 8, to: 1_500 };
const GATHER_MS = 250;

/** How long to wait before a store that was away is asked again. */
const AWAY_MS = 500;

let isClosing = false;
/** Somebody waits for what the ledger holds now. */
let isUrgent = false;
/** The ledger has grown since it was last read. */
let hasNews = true;
let wake = (): void => undefined;

port.on('message', (message: ToProjector) => {
  if (message.kind === 'close') isClosing = true;
  else if (message.isUrgent) isUrgent = true;
  hasNews = true;
  wake();
});

await run().catch((error: unknown) => {
  post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
});
port.close();

async function run(): Promise<void> {
  const views = await WriteDatabase.open(database);
  try {
    await buildIndexes(views, PROJECTORS);
    const reader = await openEventReader(eventStore);
    try {
      await follow(reader, views);
    } finally {
      await reader.close();
    }
  } finally {
    await views.close();
  }
}

/** Projects batch after batch while there are events, and waits to be told of more when there are none. */
async function follow(reader: EventReader, views: WriteDatabase): Promise<void> {
  const runner = await ProjectionRunner.start(reader, views, PROJECTORS);
  post({ kind: 'ready', positions: runner.positions, head: await reader.head() });
  while (!isClosing) {
    hasNews = false;
    isUrgent = false;
    const projected = await untilBack(() => runner.step());
    const head = await untilBack(() => reader.head());
    if (projected === undefined || head === undefined) return;
    post({ kind: 'moved', positions: runner.positions, head });
    // Messages are taken in between batches only when the event loop gets a turn.
    await setImmediate();
    if (projected === 0) await until(() => hasNews);
    else if (projected >= GATHER_AFTER_EVENTS.from && projected < GATHER_AFTER_EVENTS.to)
      await until(() => isUrgent || isClosing, GATHER_MS);
  }
}

/** What a store answers once it is there; nothing when this is to end first. A step reads before it writes anything. */
async function untilBack<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  while (!isClosing) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
      await sleep(AWAY_MS);
    }
  }
  return undefined;
}

// A function declaration: the top-level await above needs it before the module has run to its end.
async function until(isSo: () => boolean, timeoutMs?: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    wake = () => {
      if (isSo()) resolve();
    };
    if (timeoutMs !== undefined) timer = setTimeout(resolve, timeoutMs);
    wake();
  });
  clearTimeout(timer);
}
