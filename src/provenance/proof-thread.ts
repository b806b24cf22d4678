import { Worker } from 'node:worker_threads';
import { CommandError } from '../commands/errors.js';
import type { ProofChecker, ProofToCheck } from '../commands/proof-checker.js';
import type { CheckedProof } from '../domain/artifact/decide.js';
import { workerUrl } from '../worker-url.js';
import type { FromProofWorker, ProofWorkerData, ToProofWorker } from './protocol.js';

/** A proof takes some ten milliseconds: who comes after so many would wait for longer than they do. */
const WAITING_MAX = 500;
/** A proof that takes so long is not one that anybody makes. */
const PATIENCE_MS = 5_000;
const HEAP_MIB_MAX = 256;
/** So many are in the thread's hands at once: it has the next one when it is done with one. */
const SENT_MAX = 16;

interface Job {
  readonly message: ToProofWorker;
  readonly resolve: (checked: CheckedProof) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A thread that checks proofs one after the other, so that requests without one do not wait for cryptography. It starts
 * with the first proof; a proof that it dies of, or that keeps it too long, is one that proves nothing.
 */
export class ProofThread implements ProofChecker {
  readonly #jobs: Job[] = [];
  /** How many of the jobs, from the first on, the thread has. */
  #sent = 0;
  /** How many of them it is given one at a time: a thread before it has died of one of these. */
  #suspects = 0;
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;
  #isClosing = false;

  /** @param data texts of the trusted roots, each known to be one */
  constructor(private readonly data: ProofWorkerData) {}

  check(proof: ProofToCheck): Promise<CheckedProof> {
    if (this.#isClosing || this.#jobs.length >= WAITING_MAX) {
      return Promise.reject(new CommandError('busy', `${WAITING_MAX} proofs are waiting to be checked already.`));
    }
    return new Promise((resolve, reject) => {
      this.#jobs.push({ message: { id: ++this.#lastId, proof }, resolve, reject });
      if (this.#jobs.length === 1) this.#begin();
      else this.#send();
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    await this.#worker?.terminate();
    for (const { reject } of this.#jobs.splice(0)) reject(new CommandError('busy', 'The server is stopping.'));
  }

  /** Its patience is with the first of the jobs, which is the one that it works on. */
  #begin(): void {
    clearTimeout(this.#timer);
    if (this.#jobs.length === 0 || this.#isClosing) return;
    const worker = this.#started();
    this.#timer = setTimeout(() => void worker.terminate(), PATIENCE_MS);
    this.#send();
  }

  #send(): void {
    const worker = this.#started();
    for (const { message } of this.#jobs.slice(this.#sent, this.#suspects > 0 ? 1 : SENT_MAX)) {
      worker.postMessage(message);
      this.#sent += 1;
    }
  }

  #end(checked: CheckedProof): void {
    this.#sent -= 1;
    if (this.#suspects > 0) this.#suspects -= 1;
    this.#jobs.shift()?.resolve(checked);
    this.#begin();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(workerUrl(import.meta.url, './proofs.worker.js'), {
      workerData: this.data,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    });
    worker.on('message', ({ id, checked }: FromProofWorker) => {
      if (this.#jobs[0]?.message.id === id) this.#end(checked);
    });
    // What it died of is in its exit, which comes after the error.
    worker.on('error', () => undefined);
    worker.on('exit', () => this.#lost(worker));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #lost(worker: Worker): void {
    if (this.#worker !== worker || this.#isClosing) return;
    this.#worker = undefined;
    if (this.#sent === 0) return;
    if (this.#sent > 1) {
      this.#suspects = this.#sent;
      this.#sent = 0;
      this.#begin();
      return;
    }
    this.#end({
      ...{ status: 'invalid', step: 'format', expected: 'a proof that can be checked' },
      seen: 'one that takes too much time or memory',
    });
  }
}
