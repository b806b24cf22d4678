/** How many entries may wait before they are written without waiting for the time. */
const FLUSH_ENTRIES = 500;
const FLUSH_MS = 100;
/** Entries of one transaction. */
const BATCH_ENTRIES_MAX = 2_000;
/** Entries that are kept while they cannot be written: 30 MB at most. */
const KEPT_ENTRIES_MAX = 20_000;
/** How long after a failure they are tried again. */
const RETRY_MS = 1_000;

export interface BufferStatus {
  /** Entries that are not on disk yet. */
  readonly waiting: number;
  /** Entries that there was no room for since the start. */
  readonly lost: number;
  readonly isFailing: boolean;
}

interface BufferOptions<Entry> {
  /** Writes them all or, when it rejects, none. One call at a time. */
  readonly write: (entries: readonly Entry[]) => Promise<void>;
  readonly log: (line: string) => void;
  readonly keptMax?: number;
}

/**
 * Entries on their way to the disk, written in batches so that a request costs one push onto a list. While they cannot
 * be written they are kept up to a bound; what comes beyond it is counted, and said in the log.
 */
export class EntryBuffer<Entry> {
  readonly #options: Required<BufferOptions<Entry>>;
  readonly #waiting: Entry[] = [];
  #tail: Promise<boolean> = Promise.resolve(true);
  #timer: NodeJS.Timeout | undefined;
  /** How many entries have been written since the start. */
  #written = 0;
  #lost = 0;
  /** What had been lost when the trouble that is going on began; undefined while there is none. */
  #lostBefore: number | undefined;
  #isWriting = false;
  #isFailing = false;

  constructor(options: BufferOptions<Entry>) {
    this.#options = { keptMax: KEPT_ENTRIES_MAX, ...options };
  }

  add(entry: Entry): void {
    if (this.#waiting.length >= this.#options.keptMax) {
      this.#lose();
      return;
    }
    this.#waiting.push(entry);
    if (!this.#isWriting) this.#plan();
  }

  /** Writes what was added until now. False when it could not be: the entries are kept then. */
  flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const target = this.#written + this.#waiting.length;
    this.#tail = this.#tail.then(() => this.#writeUntil(target));
    return this.#tail;
  }

  status(): BufferStatus {
    return { waiting: this.#waiting.length, lost: this.#lost, isFailing: this.#isFailing };
  }

  /** A last try; what cannot be written now is lost, and said to be. */
  async close(): Promise<void> {
    if (await this.flush()) return;
    clearTimeout(this.#timer);
    this.#options.log(`The access log could not be written before the end: ${this.#waiting.length} entries are lost.`);
  }

  /** The next writing: at once when there is enough, else after a moment in which more may come. */
  #plan(): void {
    if (this.#waiting.length >= FLUSH_ENTRIES && !this.#isFailing) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), this.#isFailing ? RETRY_MS : FLUSH_MS).unref();
  }

  async #writeUntil(target: number): Promise<boolean> {
    this.#isWriting = true;
    try {
      while (this.#written < target) {
        const batch = this.#waiting.slice(0, BATCH_ENTRIES_MAX);
        await this.#options.write(batch);
        this.#waiting.splice(0, batch.length);
        this.#written += batch.length;
        this.#recover();
      }
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    } finally {
      this.#isWriting = false;
      if (this.#waiting.length > 0) this.#plan();
    }
  }

  #fail(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#lostBefore ??= this.#lost;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.log(`The access log cannot be written, so its entries wait in memory: ${why}`);
  }

  #lose(): void {
    this.#lostBefore ??= this.#lost;
    if (this.#lost === this.#lostBefore) {
      const kept = this.#waiting.length;
      this.#options.log(`The access log has ${kept} entries waiting and room for no more: entries are lost.`);
    }
    this.#lost++;
  }

  #recover(): void {
    if (this.#lostBefore === undefined) return;
    const lost = this.#lost - this.#lostBefore;
    this.#isFailing = false;
    this.#lostBefore = undefined;
    this.#options.log(`The access log is written again; ${lost} entries were lost.`);
  }
}
