import type { LocalJWKSet } from 'jose';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../problems/to-problem.js';
import { readKeys, type ReadKeys } from './read-keys.js';

/** When an issuer's keys are read. */
export interface KeyTimes {
  readonly refreshMs: number;
  /** Between two looks, so that tokens with unknown keys, however many are sent, cost one look each so often. */
  readonly pauseMs: number;
  /** How long a request waits for a look: for the pause before it, and for the issuer's answer. */
  readonly waitMs: number;
  /** For how long keys count that could not be read again. */
  readonly keptMs: number;
}

const HOUR_MS = 3_600_000;

const TIMES: KeyTimes = { refreshMs: 600_000, pauseMs: 2_000, waitMs: 3_000, keptMs: 24 * HOUR_MS };

const WAITING_MAX = 1_000;

/** The public keys of one issuer in memory: read at start, every so often, and when a token is by one that is not known. */
export class IssuerKeys {
  private known: (ReadKeys & { readonly readMs: number }) | undefined;
  private readonly closing = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private isAway = false;
  private waiting = 0;
  private startedMs = -Infinity;
  /** The look that has not begun: whoever comes now is told what it finds. */
  private next: Promise<boolean> | undefined;
  private running: Promise<boolean> = Promise.resolve(false);
  private isRunning = false;

  constructor(
    readonly issuer: string,
    private readonly log: Log,
    private readonly times: KeyTimes = TIMES,
  ) {
    this.timer = setInterval(() => void this.join(), times.refreshMs).unref();
    void this.join();
  }

  /** The keys that count now, undefined while there are none. The same object for as long as they are the same. */
  current(): LocalJWKSet | undefined {
    if (this.known && Date.now() - this.known.readMs > this.times.keptMs) {
      this.known = undefined;
      this.log(`the keys of ${this.issuer} could not be read for too long, and do not count any more`);
    }
    return this.known?.set;
  }

  /** Looks for keys that are not known yet, and waits a while for them. Whether the issuer has told its keys. Never rejects. */
  async look(): Promise<boolean> {
    if (this.waiting >= WAITING_MAX) return false;
    this.waiting += 1;
    const over = new AbortController();
    try {
      const late = delay(this.times.waitMs, false, { signal: over.signal, ref: false }).catch(() => false);
      return await Promise.race([this.join(), late]);
    } finally {
      over.abort();
      this.waiting -= 1;
    }
  }

  close(): void {
    clearInterval(this.timer);
    this.closing.abort();
  }

  private join(): Promise<boolean> {
    // The first keys are news in any case.
    if (!this.known && this.isRunning) return this.running;
    this.next ??= this.lookNext();
    return this.next;
  }

  private async lookNext(): Promise<boolean> {
    await this.running;
    const pauseMs = this.startedMs + this.times.pauseMs - Date.now();
    const { signal } = this.closing;
    if (pauseMs > 0) await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    this.startedMs = Date.now();
    this.next = undefined;
    this.running = signal.aborted ? Promise.resolve(false) : this.read();
    return this.running;
  }

  private async read(): Promise<boolean> {
    this.isRunning = true;
    try {
      const read = await readKeys(this.issuer, this.closing.signal);
      const set = this.known?.text === read.text ? this.known.set : read.set;
      this.known = { set, text: read.text, readMs: Date.now() };
      if (this.isAway) this.log(`the keys of ${this.issuer} are read again`);
      this.isAway = false;
      return true;
    } catch (error) {
      if (!this.isAway && !this.closing.signal.aborted) this.log(this.lament(error as Error));
      this.isAway = true;
      return false;
    } finally {
      this.isRunning = false;
    }
  }

  private lament({ message }: Error): string {
    const until = this.known && new Date(this.known.readMs + this.times.keptMs).toISOString();
    const rest = until === undefined ? 'its tokens are not taken' : `those that are known count until ${until}`;
    return `the keys of ${this.issuer} cannot be read, ${rest}: ${message}`;
  }
}
