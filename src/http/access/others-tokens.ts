import { setTimeout as delay } from 'node:timers/promises';
import type { EventReader } from '../../event-store/port.js';

/** How long a request waits for a token that another server may have issued a moment ago. */
const WAIT_MS = 1_000;
/** Between two looks, so that unknown tokens, however many are sent, cost four reads a second. */
const PAUSE_MS = 250;
const WAITING_MAX = 1_000;

/** How far the tokens that other servers of this ledger issue and revoke are followed here. */
export class OthersTokens {
  private isEnded = false;
  private waiting = 0;
  private startedMs = 0;
  /** The look that has not begun: whoever comes now is told what it finds. */
  private next: Promise<void> | undefined;
  private current: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;

  /** `position`: up to where the ledger was taken over. */
  constructor(
    private readonly store: Pick<EventReader, 'head' | 'isShared'>,
    private position: number,
  ) {}

  reached(position: number): void {
    this.position = position;
    this.wake();
  }

  /** They are not followed any more: a token that another server revokes would stay valid here. */
  end(): void {
    this.isEnded = true;
    this.wake();
  }

  /** What is wrong, for callers; absent while they are followed. */
  trouble(): string | undefined {
    return this.isEnded ? 'Tokens of other servers are not followed any more. The server’s log says why.' : undefined;
  }

  /** Waits, about a second at most, until what the ledger holds now is known here. Never rejects. */
  async catchUp(): Promise<void> {
    if (!this.store.isShared || this.isEnded || this.waiting >= WAITING_MAX) return;
    this.waiting += 1;
    try {
      this.next ??= this.look();
      await inTime(this.next);
    } finally {
      this.waiting -= 1;
    }
  }

  private async look(): Promise<void> {
    await this.current;
    await delay(Math.max(0, this.startedMs + PAUSE_MS - Date.now()));
    this.startedMs = Date.now();
    this.next = undefined;
    this.current = inTime(this.followToHead());
    await this.current;
  }

  private async followToHead(): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    const head = await this.store.head();
    while (this.position < head && !this.isEnded && Date.now() < deadline) {
      await inTime(new Promise<void>((resolve) => (this.wake = resolve)));
    }
  }
}

/** A store that is away is told of elsewhere; here it only means that nothing more is known. */
async function inTime(work: Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = delay(WAIT_MS, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  over.abort();
}
