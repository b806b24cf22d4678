import type { RecordedEvent, Subscription } from './port.js';

const BATCH_EVENTS = 500;

/** Reads a ledger from a position on, and goes on whenever it is told that there is more. */
export class LiveSubscription implements Subscription {
  private readonly finished: Promise<void>;
  private isClosed = false;
  private hasNews = false;
  private wakeUp: (() => void) | undefined;

  constructor(
    private readonly read: (fromPosition: number, limit: number) => Promise<RecordedEvent[]>,
    private next: number,
    private readonly onEvents: (events: readonly RecordedEvent[]) => Promise<void> | void,
    onError: (error: unknown) => void,
  ) {
    this.finished = this.run().catch((error: unknown) => {
      this.isClosed = true;
      onError(error);
    });
  }

  wake(): void {
    this.hasNews = true;
    this.wakeUp?.();
  }

  /** Waits for the handler that is at work, so a handler must not wait for this. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.wakeUp?.();
    await this.finished;
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      // Cleared before reading: news that come during the read may be missing from it.
      this.hasNews = false;
      // Each batch waits for a turn of the event loop, so that catching up does not starve everything else.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.isClosed) return;
      const events = await this.read(this.next, BATCH_EVENTS);
      const last = events.at(-1);
      if (!last) await this.news();
      else if (!this.isClosed) {
        await this.onEvents(events);
        this.next = last.position + 1;
      }
    }
  }

  private async news(): Promise<void> {
    if (this.hasNews || this.isClosed) return;
    await new Promise<void>((resolve) => (this.wakeUp = resolve));
    this.wakeUp = undefined;
  }
}
