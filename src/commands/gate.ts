/**
 * Lets many commands through at once, or one import alone. An import decides rows of many streams in file order, which
 * nothing else may cut into; it holds the gate for one bounded batch at a time.
 */
export class Gate {
  private inside = 0;
  private isClosed = false;
  private readonly waiting: { alone: boolean; enter: () => void }[] = [];

  async shared<T>(work: () => Promise<T>): Promise<T> {
    if (this.isClosed || this.waiting.length > 0) await this.queue(false);
    else this.inside++;
    try {
      return await work();
    } finally {
      this.inside--;
      this.admit();
    }
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.isClosed || this.inside > 0 || this.waiting.length > 0) await this.queue(true);
    else this.isClosed = true;
    try {
      return await work();
    } finally {
      this.isClosed = false;
      this.admit();
    }
  }

  private queue(alone: boolean): Promise<void> {
    return new Promise((enter) => this.waiting.push({ alone, enter }));
  }

  /** First come, first served: an import that waits holds back those who came after it. */
  private admit(): void {
    while (!this.isClosed) {
      const next = this.waiting[0];
      if (!next || (next.alone && this.inside > 0)) return;
      this.waiting.shift();
      if (next.alone) this.isClosed = true;
      else this.inside++;
      next.enter();
    }
  }
}
