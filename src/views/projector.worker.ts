import { parentPort, workerData } from 'node:worker_threads';
import { openEventReader } from '../adapters.js';
import { Calls } from './calls.js';
import { WriteDatabase } from './database.js';
import { keepViews } from './keeping.js';
import type { FromProjector, ProjectorWorkerData, ToProjector } from './protocol.js';

const { eventStore, database } = workerData as ProjectorWorkerData;
const port = parentPort;
if (!port) throw new Error('projector.worker.js runs in a worker thread only');

const post = (message: FromProjector): void => port.postMessage(message);
const calls = new Calls();
port.on('message', (message: ToProjector) => calls.receive(message));

await run().catch((error: unknown) => {
  const { message, code } = error as { message?: unknown; code?: unknown };
  post({
    kind: 'failed',
    message: typeof message === 'string' ? message : String(error),
    ...(typeof code === 'string' && { code }),
  });
});
port.close();

async function run(): Promise<void> {
  const views = await WriteDatabase.open(database);
  try {
    const reader = await openEventReader(eventStore);
    try {
      await keepViews({ reader, views, calls, post });
    } finally {
      await reader.close();
    }
  } finally {
    await views.close();
  }
}
