/** What a caller proposes to append. */
export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LogRecord extends Proposed {
  /** Place in the log of all streams: grows, with gaps, as the server's byte offsets do. */
  readonly position: bigint;
  readonly stream: string;
  readonly revision: number;
  /** 100 ns since the Unix epoch. */
  readonly createdTicks: bigint;
}

export type Expected = 'any' | 'stream-exists' | number;

export type AppendResult =
  | { readonly status: 'written'; readonly revision: number; readonly position: bigint }
  | { readonly status: 'conflict'; readonly current: number };

const BYTES_A_RECORD = 96n;

/** The streams of one server. It outlives the server's listening part, as the disk does. */
export class StandInLog {
  readonly all: LogRecord[] = [];
  private readonly streams = new Map<string, LogRecord[]>();
  private readonly listeners = new Set<() => void>();
  private end = 0n;
  /** Moves the clock, which need not go forward. */
  skewMs = 0;

  append(stream: string, expected: Expected, events: readonly Proposed[]): AppendResult {
    const records = this.streams.get(stream) ?? [];
    const current = records.length - 1;
    const isExpected = expected === 'any' || (expected === 'stream-exists' ? current >= 0 : expected === current);
    if (!isExpected) return this.repeated(records, expected, events) ?? { status: 'conflict', current };
    const createdTicks = BigInt(Date.now() + this.skewMs) * 10_000n;
    for (const event of events) {
      const record = { ...event, stream, revision: records.length, position: this.end, createdTicks };
      this.end += BYTES_A_RECORD + BigInt(event.data.length + event.metadata.length);
      records.push(record);
      this.all.push(record);
    }
    this.streams.set(stream, records);
    for (const listener of [...this.listeners]) listener();
    return { status: 'written', revision: records.length - 1, position: records.at(-1)?.position ?? 0n };
  }

  /** The stream's records that are kept: `$maxCount` of its metadata bounds them. */
  stream(name: string): readonly LogRecord[] | undefined {
    const records = this.streams.get(name);
    const metadata = this.streams.get(`$$${name}`)?.at(-1);
    const { $maxCount = Infinity } = metadata ? (JSON.parse(text(metadata.data)) as { $maxCount?: number }) : {};
    return records && records.length > $maxCount ? records.slice(records.length - $maxCount) : records;
  }

  /** What a link record names; undefined when it is not there. */
  target(link: LogRecord): LogRecord | undefined {
    const [, revision, stream] = /^(\d+)@(.+)$/s.exec(text(link.data)) ?? [];
    return stream === undefined ? undefined : this.streams.get(stream)?.[Number(revision)];
  }

  /** Calls back after each append, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The same events at the place that is expected have been appended before: that is the answer again. */
  private repeated(
    records: readonly LogRecord[],
    expected: Expected,
    events: readonly Proposed[],
  ): AppendResult | undefined {
    if (typeof expected !== 'number') return undefined;
    const there = records.slice(expected + 1, expected + 1 + events.length);
    const last = there.at(-1);
    const isSame = there.length === events.length && there.every(({ id }, index) => id === events[index]?.id);
    return last && isSame ? { status: 'written', revision: last.revision, position: last.position } : undefined;
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
