import { Worker } from 'node:worker_threads';
import { workerUrl } from '../worker-url.js';
import { EntryBuffer, type BufferStatus } from './buffer.js';
import { AccessLogError } from './database.js';
import type { Access, TimedAccess } from './entity.js';
import type { AccessRequest, AccessWorkerData, FromAccessWorker, ToAccessWorker } from './protocol.js';
import type { AccessFilter, AccessPage, AccessPaging } from './queries.js';
import { TokenUses } from './token-uses.js';

export interface AccessLogOptions {
  readonly file: string;
  /** Told when entries cannot be written, when they can again, and what was lost. */
  readonly log: (line: string) => void;
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Who read what, and who was turned away. It is kept, not derived: nothing makes it anew. A worker thread writes and
 * reads its file, so that neither the disk nor a long search holds up a request.
 */
export class AccessLog {
  readonly #asked = new Map<number, Asked>();
  readonly #buffer: EntryBuffer<TimedAccess>;
  readonly #uses: TokenUses;
  readonly #ended: Promise<void>;
  #numbers = 0;
  #lastMs: number;
  /** Why the worker answers nothing more. */
  #failure: string | undefined;

  private constructor(
    private readonly worker: Worker,
    { log }: AccessLogOptions,
    { lastAt, uses }: Extract<FromAccessWorker, { kind: 'ready' }>,
  ) {
    this.#lastMs = lastAt === undefined ? 0 : Date.parse(lastAt);
    this.#buffer = new EntryBuffer({
      write: async (entries) => void (await this.#ask({ kind: 'append', entries })),
      log,
    });
    this.#uses = new TokenUses({
      write: async (written) => void (await this.#ask({ kind: 'uses', uses: written })),
      known: uses,
    });
    worker.on('message', (message: FromAccessWorker) => this.#receive(message));
    worker.on('error', (error) => this.#die(String(error)));
    this.#ended = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#die(`it ended with code ${code}`);
        resolve();
      });
    });
  }

  /** @throws AccessLogError when the file cannot be used */
  static async open(options: AccessLogOptions): Promise<AccessLog> {
    const data: AccessWorkerData = { file: options.file };
    const worker = new Worker(workerUrl(import.meta.url, './access.worker.js'), { workerData: data });
    const first = await firstOf(worker);
    if (first.kind === 'ready') return new AccessLog(worker, options, first);
    await worker.terminate();
    throw new AccessLogError(first.kind === 'failed' ? first.message : 'the access log’s worker did not begin');
  }

  /** Takes an entry at the time of now, or of the entry before it when a clock was set back: times follow the sequence. */
  add(access: Access): void {
    this.#lastMs = Math.max(this.#lastMs, Date.now());
    this.#buffer.add({ at: new Date(this.#lastMs).toISOString(), ...access });
  }

  /** A token came with a request. */
  tokenUsed(tokenId: string, nowMs: number): void {
    this.#uses.note(tokenId, nowMs);
  }

  /** When a token came last to this server, in this run or an earlier one; RFC 3339. */
  lastUsedAt(tokenId: string): string | undefined {
    const usedMs = this.#uses.lastUsedMs(tokenId);
    return usedMs === undefined ? undefined : new Date(usedMs).toISOString();
  }

  /** A page of what was added until now. */
  async page(filter: AccessFilter, paging: AccessPaging): Promise<AccessPage> {
    // What cannot be written is said by the status; what was written can still be read.
    await this.#buffer.flush();
    return (await this.#ask({ kind: 'page', filter, paging })) as AccessPage;
  }

  status(): BufferStatus {
    return this.#buffer.status();
  }

  /** Writes what is waiting, then closes the file. */
  async close(): Promise<void> {
    await this.#buffer.close();
    await this.#uses.close();
    this.#send({ kind: 'close' });
    await this.#ended;
  }

  #ask(request: AccessRequest): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(new AccessLogError(this.#failure));
    const number = this.#numbers++;
    return new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject });
      this.#send({ kind: 'request', number, request });
    });
  }

  #send(message: ToAccessWorker): void {
    this.worker.postMessage(message);
  }

  #receive(message: FromAccessWorker): void {
    if (message.kind === 'failed') this.#die(message.message);
    if (message.kind !== 'answer' && message.kind !== 'error') return;
    const asked = this.#asked.get(message.number);
    this.#asked.delete(message.number);
    if (message.kind === 'answer') asked?.resolve(message.value);
    else asked?.reject(new AccessLogError(message.message));
  }

  #die(why: string): void {
    this.#failure ??= `the access log’s worker has stopped: ${why}`;
    for (const { reject } of this.#asked.values()) reject(new AccessLogError(this.#failure));
    this.#asked.clear();
  }
}

/** The worker's first message; its death before that is a failure. */
function firstOf(worker: Worker): Promise<FromAccessWorker> {
  return new Promise((resolve) => {
    worker.once('message', resolve);
    worker.once('error', (error) => resolve({ kind: 'failed', message: String(error) }));
    worker.once('exit', (code) => resolve({ kind: 'failed', message: `the access log’s worker ended with ${code}` }));
  });
}
