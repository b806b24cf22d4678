import { parentPort, workerData } from 'node:worker_threads';
import { AccessDatabase } from './database.js';
import type { AccessRequest, AccessWorkerData, FromAccessWorker, ToAccessWorker } from './protocol.js';
import { AccessQueries } from './queries.js';

const port = parentPort;
if (!port) throw new Error('access.worker.js runs in a worker thread only');

const post = (message: FromAccessWorker): void => port.postMessage(message);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

try {
  const database = await AccessDatabase.open((workerData as AccessWorkerData).file);
  const queries = new AccessQueries(database.source);
  const lastAt = (await queries.last())?.at;
  // One after the other, in the order in which they came, so that closing waits for what was asked before.
  let tail: Promise<unknown> = Promise.resolve();
  port.on('message', (message: ToAccessWorker) => {
    tail = tail.then(() =>
      message.kind === 'close'
        ? database.close().finally(() => port.close())
        : answer(message.number, () => work(database, queries, message.request)),
    );
  });
  post({ kind: 'ready', lastAt, uses: database.uses() });
} catch (error) {
  post({ kind: 'failed', message: messageOf(error) });
  port.close();
}

// Function declarations: the top-level await above comes before the module has run to its end.
async function answer(number: number, ask: () => Promise<unknown>): Promise<void> {
  try {
    post({ kind: 'answer', number, value: await ask() });
  } catch (error) {
    post({ kind: 'error', number, message: messageOf(error) });
  }
}

async function work(database: AccessDatabase, queries: AccessQueries, request: AccessRequest): Promise<unknown> {
  if (request.kind === 'page') return queries.page(request.filter, request.paging);
  return request.kind === 'uses' ? database.saveUses(request.uses) : database.append(request.entries);
}
