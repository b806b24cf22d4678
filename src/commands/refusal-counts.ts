import type { OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { CountedRefusals } from '../domain/access/events.js';
import { accessAggregate } from './aggregates/access.js';
import type { CommandProcessor } from './processor.js';
import type { RefusalBound } from './refusal-bound.js';

/** Nobody’s act, but the server’s own. */
const ACTOR = 'cairn';
const EVERY_MS = 1_000;
/** Counts that wait while the store is away. It refuses nothing then, so there are few. */
const WAITING_MAX = 10_000;

interface Waiting {
  /** With a space, which no caller’s key has: tried again, it is written once. */
  readonly idempotencyKey: string;
  readonly counted: CountedRefusals;
}

interface RefusalCountsOptions {
  readonly processor: CommandProcessor;
  readonly bound: RefusalBound;
  readonly clock?: () => Date;
  readonly log: (line: string) => void;
  /** Told where the ledger has grown to. */
  readonly onRecorded: (position: number) => void;
}

/** Writes down, once a caller and minute, how many refusals were only counted; and what is left when the server stops. */
export class RefusalCounts implements OnApplicationShutdown {
  readonly #options: Required<RefusalCountsOptions>;
  readonly #timer: NodeJS.Timeout;
  readonly #waiting: Waiting[] = [];
  #tail: Promise<void> = Promise.resolve();

  constructor(options: RefusalCountsOptions) {
    this.#options = { clock: () => new Date(), ...options };
    this.#timer = setInterval(() => void this.record(), EVERY_MS).unref();
  }

  /** Writes what was counted in the minutes that have ended. Never rejects: what cannot be written is tried again. */
  record(): Promise<void> {
    this.#take(this.#options.bound.endedBy(this.#options.clock()));
    this.#tail = this.#tail.then(() => this.#write());
    return this.#tail;
  }

  /** Once no more requests come. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.#take(this.#options.bound.end(this.#options.clock()));
    await this.#tail;
    await this.#write();
    if (this.#waiting.length > 0) this.#say(this.#waiting);
  }

  #take(counts: readonly CountedRefusals[]): void {
    for (const counted of counts) this.#waiting.push({ idempotencyKey: `refusals ${randomUUID()}`, counted });
    const tooMany = this.#waiting.length - WAITING_MAX;
    if (tooMany > 0) this.#say(this.#waiting.splice(0, tooMany));
  }

  async #write(): Promise<void> {
    const { processor, onRecorded } = this.#options;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const { counted, idempotencyKey } = next;
      const command = { kind: 'count-refusals', subject: counted.subject, counted, remarks: {} } as const;
      const envelope = { actor: ACTOR, channel: 'api', idempotencyKey } as const;
      try {
        const result = await processor.execute(accessAggregate, command, envelope);
        if ('receipt' in result) onRecorded(result.receipt.position);
      } catch {
        // The store is away, which is told of elsewhere.
        return;
      }
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
    }
  }

  #say(lost: readonly Waiting[]): void {
    const refusals = lost.reduce((sum, { counted }) => sum + counted.count, 0);
    this.#options.log(`The count of ${refusals} refusals could not be written; the access log has the requests.`);
  }
}
