interface Waiter {
  readonly position: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (isReached: boolean) => void;
}

/** Readers that wait for the views to reach what they wrote. */
export class PositionWaiters {
  readonly #waiters = new Set<Waiter>();

  get size(): number {
    return this.#waiters.size;
  }

  wait(position: number, timeoutMs: number): Promise<boolean> {
    return new Promise((settle) => {
      const timer = setTimeout(() => this.#settle(waiter, false), timeoutMs);
      const waiter: Waiter = { position, timer, settle };
      this.#waiters.add(waiter);
    });
  }

  reached(position: number): void {
    for (const waiter of this.#waiters) if (waiter.position <= position) this.#settle(waiter, true);
  }

  giveUp(): void {
    for (const waiter of this.#waiters) this.#settle(waiter, false);
  }

  #settle(waiter: Waiter, isReached: boolean): void {
    clearTimeout(waiter.timer);
    this.#waiters.delete(waiter);
    waiter.settle(isReached);
  }
}
