import { Worker } from 'node:worker_threads';
import type { DataSource } from 'typeorm';
import { workerUrl } from '../worker-url.js';
import { openReadDatabase, ViewsDatabaseError } from './database.js';
import type { FromProjector, ProjectorWorkerData, ToProjector } from './protocol.js';
import { ViewQueries } from './queries.js';
import { PositionWaiters } from '../position-waiters.js';

export interface ViewsOptions {
  /** URL of the event store. */
  readonly eventStore: string;
  /** `sqlite:<path>` or `postgres://…` of the views. */
  readonly database: string;
  /** Told after each batch; `head` is the ledger's last position. */
  readonly onProgress?: (position: number, head: number) => void;
}

export interface ViewsStatus {
  /** The last position that all views know of. */
  readonly position: number;
  readonly views: Readonly<Record<string, number>>;
  /** Why the views have stopped; absent while they follow the ledger. */
  readonly error?: string;
  /** Why their database cannot be asked; absent while it can. */
  readonly away?: string;
  /** Why the ledger cannot be read; absent while it can, or another server projects. */
  readonly cutOff?: string;
}

/** How far the views may lag for a read to wait for them, and for how long: what a busy moment takes to catch up. */
const FRESH_LAG_EVENTS = 2_000;
const FRESH_TIMEOUT_MS = 200;

/** How long a projector may take to finish its batch when it is asked to end. */
const CLOSE_TIMEOUT_MS = 10_000;

/**
 * The views of the ledger: queries in this thread, on a connection that only reads, and a worker thread that projects.
 * Every query is asked at a position and answers what the ledger knew there, whatever came since.
 */
export class Views extends ViewQueries {
  readonly #waiters = new PositionWaiters();
  #positions: Record<string, number>;
  /** The ledger's last position that this thread has been told of. */
  #head = -1;
  /** The worker has been asked to look and has not answered yet. */
  #isAsked = false;
  #error: string | undefined;
  #away: string | undefined;
  #cutOff: string | undefined;
  #isClosing = false;
  /** The question of `answers` that has no answer yet: a silent database is not asked again and again. */
  #asked: Promise<boolean> | undefined;

  private constructor(
    private readonly worker: Worker,
    source: DataSource,
    private readonly options: ViewsOptions,
    positions: Record<string, number>,
  ) {
    super(source);
    this.#positions = positions;
  }

  /**
   * Creates or updates the tables, then serves at once, from wherever the views are, while the worker catches up.
   *
   * @throws ViewsDatabaseError when the database cannot be used
   */
  static async open(options: ViewsOptions): Promise<Views> {
    const { eventStore, database } = options;
    const data: ProjectorWorkerData = { eventStore, database };
    const worker = new Worker(workerUrl(import.meta.url, './projector.worker.js'), { workerData: data });
    const inbox = new Inbox(worker);
    const first = await inbox.first;
    if (first.kind === 'failed') {
      await worker.terminate();
      throw new ViewsDatabaseError(first.message, { code: first.code });
    }
    const source = await openReadDatabase(database).catch(async (error: unknown) => {
      await worker.terminate();
      throw error;
    });
    const views = new Views(worker, source, options, first.positions);
    inbox.deliverTo((message) => views.#receive(message));
    return views;
  }

  /** Whether what is known of the rows holds now; see {@link settled}. */
  get isSettled(): boolean {
    return this.#error === undefined && this.#away === undefined;
  }

  /** The last position that all views know of; -1 when they know nothing yet. */
  position(): number {
    return Math.min(...Object.values(this.#positions));
  }

  /** Tells the worker that the ledger has grown to `head`; it is told once however often it grows until it looks. */
  notify(head: number): void {
    this.#head = Math.max(this.#head, head);
    if (this.#head > this.position() && !this.#isAsked) this.#ask({ isUrgent: false });
  }

  /**
   * The position of a read that names none: all that this thread knows of, if the views are about to be there. Views
   * that are far behind, being built, are not waited for.
   */
  async fresh(): Promise<number> {
    const lag = this.#head - this.position();
    if (lag > 0 && lag <= FRESH_LAG_EVENTS) await this.waitFor(this.#head, FRESH_TIMEOUT_MS);
    return this.position();
  }

  /**
   * Whether what is known of the rows holds, at the latest after `timeoutMs`: not once the views have stopped, since
   * anybody may empty them then, and not after their database was away until it says again how far they are.
   */
  settled(timeoutMs: number): Promise<boolean> {
    return this.waitFor(-1, timeoutMs);
  }

  /** Whether the views have reached the position, at the latest after `timeoutMs`. */
  waitFor(position: number, timeoutMs: number): Promise<boolean> {
    if (this.#error !== undefined || this.#isClosing) return Promise.resolve(false);
    if (this.#away === undefined && this.position() >= position) return Promise.resolve(true);
    this.#head = Math.max(this.#head, position);
    this.#ask({ isUrgent: true });
    return this.#waiters.wait(position, timeoutMs);
  }

  /** Whether the connections that read get an answer. */
  answers(): Promise<boolean> {
    this.#asked ??= this.source
      .query('SELECT 1')
      .then(
        () => true,
        () => false,
      )
      .finally(() => (this.#asked = undefined));
    return this.#asked;
  }

  status(): ViewsStatus {
    return {
      position: this.position(),
      views: this.#positions,
      ...(this.#error !== undefined && { error: this.#error }),
      ...(this.#away !== undefined && { away: this.#away }),
      ...(this.#cutOff !== undefined && { cutOff: this.#cutOff }),
    };
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#waiters.giveUp();
    const ended = new Promise<void>((resolve) => {
      if (this.worker.threadId === -1) resolve();
      this.worker.once('exit', () => resolve());
    });
    const timer = setTimeout(() => void this.worker.terminate(), CLOSE_TIMEOUT_MS);
    this.#send({ kind: 'close' });
    await ended;
    clearTimeout(timer);
    await this.source.destroy();
  }

  #ask({ isUrgent }: { isUrgent: boolean }): void {
    this.#isAsked = true;
    this.#send({ kind: 'head', isUrgent });
  }

  #send(message: ToProjector): void {
    this.worker.postMessage(message);
  }

  #receive(message: FromProjector): void {
    if (message.kind === 'failed') {
      if (this.#isClosing) return;
      this.#error ??= message.message;
      this.#waiters.giveUp();
      return;
    }
    this.#away = message.kind === 'away' ? message.message : undefined;
    if (message.kind === 'away') return;
    this.#cutOff = message.cutOff;
    this.#positions = message.positions;
    this.#waiters.reached(this.position());
    this.#isAsked = false;
    if (this.#waiters.size > 0) this.#ask({ isUrgent: true });
    else this.notify(this.#head);
    this.options.onProgress?.(this.position(), message.head);
  }
}

type First = Exclude<FromProjector, { kind: 'away' }>;

/** The worker's messages, kept until there is somebody to take them; its death is the last of them. */
class Inbox {
  /** Either it has begun or it has failed. */
  readonly first: Promise<First>;
  readonly #kept: FromProjector[] = [];
  #deliver: ((message: FromProjector) => void) | undefined;

  constructor(worker: Worker) {
    this.first = new Promise((resolve) => {
      const take = (message: FromProjector): void => {
        if (message.kind !== 'away') resolve(message);
        if (this.#deliver) this.#deliver(message);
        else this.#kept.push(message);
      };
      worker.on('message', take);
      worker.on('error', (error) => take({ kind: 'failed', message: `the projector died: ${String(error)}` }));
      worker.on('exit', (code) => take({ kind: 'failed', message: `the projector ended with code ${code}` }));
    });
  }

  deliverTo(deliver: (message: FromProjector) => void): void {
    this.#deliver = deliver;
    this.#kept.splice(0).forEach(deliver);
  }
}
