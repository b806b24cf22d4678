const MINUTE_MS = 60_000;
const FLUSH_MS = 1_000;

/** A token's id, and when it came last (ms since 1970). */
export type TokenUse = readonly [tokenId: string, usedAtMs: number];

interface Use {
  atMs: number;
  writtenMs: number;
}

interface TokenUsesOptions {
  /** Writes them all or, when it rejects, none. */
  readonly write: (uses: readonly TokenUse[]) => Promise<void>;
  /** What was written before. */
  readonly known: readonly TokenUse[];
}

/**
 * When each token was used last. A request costs a look into memory; the disk is told once a minute and token at most,
 * and of the last use when the server stops, so that a crash makes a use a minute older at most.
 */
export class TokenUses {
  readonly #uses: Map<string, Use>;
  readonly #due = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: TokenUsesOptions) {
    this.#uses = new Map(options.known.map(([id, atMs]) => [id, { atMs, writtenMs: atMs }]));
  }

  note(tokenId: string, nowMs: number): void {
    const use = this.#uses.get(tokenId);
    if (!use) this.#uses.set(tokenId, { atMs: nowMs, writtenMs: 0 });
    else use.atMs = Math.max(use.atMs, nowMs);
    if (nowMs - (use?.writtenMs ?? 0) < MINUTE_MS) return;
    this.#due.add(tokenId);
    this.#timer ??= setTimeout(() => void this.#flush(), FLUSH_MS).unref();
  }

  /** Milliseconds since 1970; undefined for a token that never came. */
  lastUsedMs(tokenId: string): number | undefined {
    return this.#uses.get(tokenId)?.atMs;
  }

  /** Writes what is newer than what was written. */
  async close(): Promise<void> {
    for (const [id, { atMs, writtenMs }] of this.#uses) if (atMs > writtenMs) this.#due.add(id);
    await this.#flush();
  }

  /** What cannot be written stays due; that the file cannot be written is said by its entries. */
  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const uses = [...this.#due].flatMap((id): TokenUse[] => [[id, this.#uses.get(id)?.atMs ?? 0]]);
    this.#due.clear();
    if (uses.length === 0) return;
    for (const [id, atMs] of uses) this.#written(id, atMs);
    try {
      await this.options.write(uses);
    } catch {
      for (const [id] of uses) this.#written(id, 0);
    }
  }

  #written(id: string, writtenMs: number): void {
    const use = this.#uses.get(id);
    if (use) use.writtenMs = writtenMs;
  }
}
