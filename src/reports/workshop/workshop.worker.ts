import { parentPort, workerData } from 'node:worker_threads';
import { openEventReader } from '../../adapters.js';
import { logFiles } from '../../ledger/sealer/files.js';
import { TreeReader } from '../../ledger/tree/reader.js';
import { openReadDatabase, sqliteHandle } from '../../views/database.js';
import { ViewQueries } from '../../views/queries.js';
import { isSqlite } from '../../views/read-rows.js';
import type { Job } from './job.js';
import { JOBS } from './jobs.js';
import type { FromWorkshop, ToWorkshop, WorkshopWorkerData } from './protocol.js';

/** A report looks up a digest for each of its changes, which are all over the tables. */
const CACHE_MIB = 64;
/** What goes through a whole period reads most pages once: they are taken where the system has them. */
const MAPPED_GIB = 8;

const { eventStore, database, folder } = workerData as WorkshopWorkerData;
const port = parentPort;
if (!port) throw new Error('workshop.worker.js runs in a worker thread only');
const post = (message: FromWorkshop): void => port.postMessage(message);

const source = await openReadDatabase(database);
if (isSqlite(source)) {
  sqliteHandle(source).pragma(`cache_size = -${CACHE_MIB * 1024}`);
  sqliteHandle(source).pragma(`mmap_size = ${MAPPED_GIB * 2 ** 30}`);
}
const events = await openEventReader(eventStore);
const views = new ViewQueries(source);
const openTree = (): TreeReader => TreeReader.open(logFiles(folder).tree);

port.on('message', ({ id, name, input }: ToWorkshop) => {
  const job = (JOBS as Readonly<Record<string, Job<never, unknown>>>)[name];
  const progress = (done: number, total: number): void => post({ kind: 'progress', id, done, total });
  Promise.resolve(job?.(input as never, { views, source, events, openTree, progress }))
    .then((output) => post({ kind: 'done', id, output }))
    .catch((error: unknown) => post({ kind: 'failed', id, error }));
});
