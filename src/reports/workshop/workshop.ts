import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../worker-url.js';
import type { Jobs } from './jobs.js';
import type { FromWorkshop, ToWorkshop, WorkshopWorkerData } from './protocol.js';

/** Memory of the thread: a job that takes more ends it, and not the server. */
const HEAP_MIB_MAX = 768;

/** Room for what a report reads, most of which is gone with it: less of it is copied while it is collected. */
const YOUNG_MIB = 192;

/** What a reader waits a moment for goes before what makes a file. */
const QUICK: ReadonlySet<string> = new Set([
  'countEvidence',
  'countPopulation',
  'advisory-board-figure',
  'drawSample',
  'hashPopulation',
]);

/** Jobs that may wait or run. More would only wait longer than their callers do. */
const JOBS_MAX = 32;

/** Too many jobs are waiting already, or the workshop is closing. */
export class WorkshopBusyError extends Error {
  override readonly name = 'WorkshopBusyError';
}

export interface RunOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborted when nobody waits for the answer any more: a job that has not begun is then not begun. */
  readonly signal?: AbortSignal;
}

interface Pending {
  readonly message: ToWorkshop;
  readonly onProgress: RunOptions['onProgress'];
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type InputOf<Name extends keyof Jobs> = Parameters<Jobs[Name]>[0];
type OutputOf<Name extends keyof Jobs> = Awaited<ReturnType<Jobs[Name]>>;

/**
 * A thread that does long reads one after the other: reports, exports, samples. It starts with the first job, so that
 * a server that nobody asks for a report does not load what draws one, and is started again when it dies.
 */
export class Workshop {
  readonly #jobs: Pending[] = [];
  #worker: Worker | undefined;
  #lastId = 0;
  #isClosing = false;

  constructor(private readonly places: WorkshopWorkerData) {}

  /** @throws WorkshopBusyError, or what the job threw */
  run<Name extends keyof Jobs>(
    name: Name,
    input: InputOf<Name>,
    { onProgress, signal }: RunOptions = {},
  ): Promise<OutputOf<Name>> {
    if (this.#isClosing) return Promise.reject(new WorkshopBusyError('The server is stopping.'));
    if (this.#jobs.length >= JOBS_MAX) {
      return Promise.reject(new WorkshopBusyError(`${JOBS_MAX} long reads are waiting already.`));
    }
    return new Promise((resolve, reject) => {
      const message = { id: ++this.#lastId, name, input };
      const job = { message, onProgress, resolve: resolve as (output: unknown) => void, reject };
      signal?.addEventListener('abort', () => this.#leave(job), { once: true });
      this.#enqueue(job);
      if (this.#jobs.length === 1) this.#next();
    });
  }

  /** Gives up what is waiting and what runs. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#worker?.terminate();
    this.#fail(new WorkshopBusyError('The server is stopping.'));
  }

  /** The first one is under way. */
  #enqueue(job: Pending): void {
    const isLate = ({ message }: Pending, index: number) => index > 0 && !QUICK.has(message.name);
    const place = QUICK.has(job.message.name) ? this.#jobs.findIndex(isLate) : -1;
    this.#jobs.splice(place < 0 ? this.#jobs.length : place, 0, job);
  }

  #leave(job: Pending): void {
    const index = this.#jobs.indexOf(job);
    if (index <= 0) return;
    this.#jobs.splice(index, 1);
    job.reject(new WorkshopBusyError('Nobody waits for it any more.'));
  }

  #next(): void {
    const [job] = this.#jobs;
    if (job) this.#started().postMessage(job.message);
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(workerUrl(import.meta.url, './workshop.worker.js'), {
      workerData: this.places,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX, maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    worker.on('message', (message: FromWorkshop) => this.#receive(message));
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', (code) => this.#lost(worker, new Error(`the workshop ended with code ${code}`)));
    this.#worker = worker;
    return worker;
  }

  #receive(message: FromWorkshop): void {
    const [job] = this.#jobs;
    if (job?.message.id !== message.id) return;
    if (message.kind === 'progress') return job.onProgress?.(message.done, message.total);
    this.#jobs.shift();
    if (message.kind === 'done') job.resolve(message.output);
    else job.reject(message.error);
    this.#next();
  }

  /** The job that killed it is not tried again; the others are. */
  #lost(worker: Worker, error: Error): void {
    if (this.#worker !== worker || this.#isClosing) return;
    this.#worker = undefined;
    this.#jobs.shift()?.reject(error);
    this.#next();
  }

  #fail(error: Error): void {
    for (const job of this.#jobs.splice(0)) job.reject(error);
  }
}
