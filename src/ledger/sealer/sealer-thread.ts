import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../worker-url.js';
import { SealError, type SealErrorCode } from '../seal-errors.js';
import type { LogKey } from '../sealed-ledger.js';
import type { FromSealer, SealerWorkerData, ToSealer } from './protocol.js';

/** How long the sealer may take to finish when it is asked to end. */
const CLOSE_TIMEOUT_MS = 10_000;

interface Rotation {
  readonly resolve: (key: LogKey) => void;
  readonly reject: (error: SealError) => void;
}

/** The sealer's thread, as the one that started it speaks with it. */
export class SealerThread {
  private readonly rotations: Rotation[] = [];
  /** What came before there was somebody to take it. */
  private readonly kept: FromSealer[] = [];
  private deliver: ((message: FromSealer) => void) | undefined;

  private constructor(private readonly worker: Worker) {}

  /** @throws SealError when it cannot begin */
  static async start(data: SealerWorkerData): Promise<SealerThread> {
    const worker = new Worker(workerUrl(import.meta.url, './sealer.worker.js'), { workerData: data });
    const thread = new SealerThread(worker);
    const first = await new Promise<FromSealer>((resolve) => {
      const take = (message: FromSealer): void => {
        resolve(message);
        thread.receive(message);
      };
      worker.on('message', take);
      worker.on('error', (error) => take({ kind: 'failed', message: `the sealer died: ${String(error)}` }));
      worker.on('exit', (code) => take({ kind: 'failed', message: `the sealer ended with code ${code}` }));
    });
    if (first.kind !== 'failed') return thread;
    await worker.terminate();
    // Codes of the event store, which it opens as well, are told as they are.
    throw new SealError((first.code ?? 'unavailable') as SealErrorCode, first.message);
  }

  deliverTo(deliver: (message: FromSealer) => void): void {
    this.deliver = deliver;
    this.kept.splice(0).forEach(deliver);
  }

  send(message: ToSealer): void {
    this.worker.postMessage(message);
  }

  rotate(): Promise<LogKey> {
    return new Promise((resolve, reject) => {
      this.rotations.push({ resolve, reject });
      this.send({ kind: 'rotate' });
    });
  }

  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      if (this.worker.threadId === -1) resolve();
      this.worker.once('exit', () => resolve());
    });
    const timer = setTimeout(() => void this.worker.terminate(), CLOSE_TIMEOUT_MS);
    this.send({ kind: 'close' });
    await ended;
    clearTimeout(timer);
  }

  private receive(message: FromSealer): void {
    if (message.kind === 'rotated') this.rotations.shift()?.resolve(message.key);
    else if (message.kind === 'not-rotated') this.rotations.shift()?.reject(errorOf(message));
    else if (message.kind === 'failed') for (const { reject } of this.rotations.splice(0)) reject(errorOf(message));
    if (this.deliver) this.deliver(message);
    else this.kept.push(message);
  }
}

const errorOf = ({ code, message }: { code?: string; message: string }): SealError =>
  new SealError((code ?? 'unavailable') as SealErrorCode, message);
