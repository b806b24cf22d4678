import {
  type AllStreamSubscription,
  type EventData,
  EventStoreDBClient,
  type Position,
  type ResolvedEvent,
  type StreamingRead,
  streamNameFilter,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { isEsdbUrl, serverOf } from '../esdb-url.js';
import { StoreError } from '../port.js';
import { isPassing, storeError, UnansweredError, wasNeverSent } from './errors.js';
import { backoffMs, sleep } from './retry.js';

/** How long one attempt may take, and how long attempts go on before the caller is told. */
const ATTEMPT_MS = 4_000;
const PATIENCE_MS = 6_000;
const RETRY_MOST_MS = 500;
const CLOSE_MS = 1_000;
/** What the server may scan between two checkpoints that it tells of. */
const SEARCH_WINDOW_EVENTS = 1_000;

export interface ReadOptions {
  readonly fromRevision?: number;
  readonly backwards?: boolean;
  readonly maxCount: number;
  readonly resolveLinks?: boolean;
}

/** `position`: where in `$all` the last of the events is, which a server need not say of one that it had before. */
export type Written =
  { readonly revision: number; readonly position: Position | undefined } | { readonly actualRevision: number };

export interface ConnectionTimes {
  readonly attemptMs: number;
  readonly patienceMs: number;
}

/** The client of one server or cluster, with what it leaves out: bounds on time, attempts, one kind of error. */
export class Connection {
  private isClosed = false;
  private readonly abortions = new Set<(error: Error) => void>();

  private constructor(
    private readonly client: EventStoreDBClient,
    readonly server: string,
    private readonly times: ConnectionTimes,
  ) {}

  /** Connects when it is first used. */
  static to(url: string, times: Partial<ConnectionTimes> = {}): Connection {
    const server = serverOf(url);
    try {
      const client = EventStoreDBClient.connectionString(url);
      // All appends of the batch path share one call. When it breaks, the client forgets those that wait, of other
      // calls too, and an answer that comes for one of them is thrown where nobody can catch it: the process ends.
      Object.assign(client, { supports: () => Promise.resolve(false) });
      return new Connection(client, server, { attemptMs: ATTEMPT_MS, patienceMs: PATIENCE_MS, ...times });
    } catch (error) {
      // The client's error carries the URL, so it is not kept as the cause.
      const reason = isEsdbUrl(url) && error instanceof Error ? error.message : 'not an esdb:// URL';
      throw new StoreError('untrusted', `${server} cannot be connected to: ${reason.replaceAll(url, server)}`);
    }
  }

  /** Events of a stream; none for a stream that is not there. Answered by the leader, so what was written is seen. */
  async read(stream: string, options: ReadOptions): Promise<ResolvedEvent[]> {
    if (options.maxCount === 0) return [];
    return this.patiently(() => this.readOnce(stream, options));
  }

  /**
   * Appends in one piece at an expected revision, -1 for a stream that is not there. An answer that was lost is asked
   * for again with the same ids at the same revision, which the server answers as the first time.
   *
   * @throws StoreError `unavailable` when nothing was written, `unsettled` when that is not known
   */
  async append(stream: string, expectedRevision: number, events: readonly EventData[]): Promise<Written> {
    let mayBeWritten = false;
    try {
      return await this.patiently(async () => {
        try {
          return await this.appendOnce(stream, expectedRevision, events);
        } catch (error) {
          if (!wasNeverSent(error) && isPassing(error)) mayBeWritten = true;
          throw error;
        }
      });
    } catch (error) {
      const known = storeError(error, this.server);
      if (!mayBeWritten) throw known;
      throw new StoreError('unsettled', `${known.message} Whether it has written is not known.`);
    }
  }

  /** Appends whatever is in the stream: for what can be thrown away, never for events. */
  async put(stream: string, event: EventData): Promise<void> {
    await this.patiently(() => this.inTime(this.client.appendToStream(stream, [event], this.callOptions())));
  }

  /** Keeps only the newest event of a stream that is not there yet. */
  async keepNewestOnly(stream: string): Promise<void> {
    const options = { ...this.callOptions(), expectedRevision: 'no_stream' as const };
    await this.patiently(() => this.inTime(this.client.setStreamMetadata(stream, { maxCount: 1 }, options))).catch(
      (error: unknown) => {
        if (!(error instanceof WrongExpectedVersionError)) throw error;
      },
    );
  }

  /** Events of all streams that begin like one of these, after a position, as they come. Ends with its first error. */
  subscribe(
    prefixes: string[],
    after: Position | undefined,
    onCheckpoint: (at: Position) => void,
  ): AllStreamSubscription {
    return this.client.subscribeToAll(
      {
        ...(after && { fromPosition: after }),
        requiresLeader: true,
        filter: streamNameFilter({
          prefixes,
          maxSearchWindow: SEARCH_WINDOW_EVENTS,
          checkpointReached: (_subscription, position) => onCheckpoint(position),
        }),
      },
      { highWaterMark: 256 },
    );
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const abort of [...this.abortions]) abort(new StoreError('closed', 'The event store is closed'));
    await Promise.race([this.hangUp().catch(() => undefined), sleep(CLOSE_MS)]);
  }

  /** The client's own way to end leaves its connection open. */
  private async hangUp(): Promise<void> {
    await this.client.dispose();
    const channel = await (this.client as unknown as { getChannel(): Promise<{ close(): void }> }).getChannel();
    channel.close();
  }

  /** Attempts until one is answered, or until it has taken too long. */
  private async patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + this.times.patienceMs;
    for (let failures = 0; ; failures++) {
      if (this.isClosed) throw new StoreError('closed', 'The event store is closed');
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) throw error;
        const pauseMs = backoffMs(failures, RETRY_MOST_MS);
        if (!isPassing(error) || Date.now() + pauseMs > deadline) throw storeError(error, this.server);
        await sleep(pauseMs);
      }
    }
  }

  /** Reads as a subscription does, which says nothing for as long as it has not got in. */
  async assertReadsAll(): Promise<void> {
    const options = { maxCount: 1, direction: 'forwards', requiresLeader: true } as const;
    await this.patiently(() => this.collected(this.client.readAll(options)));
  }

  private readOnce(stream: string, { fromRevision, backwards, maxCount, resolveLinks }: ReadOptions) {
    const read = this.client.readStream(
      stream,
      {
        maxCount,
        direction: backwards ? 'backwards' : 'forwards',
        fromRevision: fromRevision === undefined ? (backwards ? 'end' : 'start') : BigInt(fromRevision),
        resolveLinkTos: resolveLinks ?? false,
        requiresLeader: true,
      },
      { highWaterMark: 256 },
    );
    return this.collected<ResolvedEvent>(read);
  }

  private collected<Event>(read: StreamingRead<Event>): Promise<Event[]> {
    const events: Event[] = [];
    // The client ends a read that it has cancelled without a word, so a read is over when this says so.
    return this.abortable<Event[]>((resolve, reject, timer) => {
      read.on('data', (event: Event) => {
        timer.refresh();
        events.push(event);
      });
      read.on('end', () => resolve(events));
      read.on('error', (error: Error) => (error instanceof StreamNotFoundError ? resolve([]) : reject(error)));
    }).catch((error: unknown) => {
      read.cancel().catch(() => undefined);
      throw error;
    });
  }

  private async appendOnce(stream: string, expected: number, events: readonly EventData[]): Promise<Written> {
    const options = {
      ...this.callOptions(),
      expectedRevision: expected < 0 ? ('no_stream' as const) : BigInt(expected),
    };
    try {
      const { nextExpectedRevision, position } = await this.inTime(
        this.client.appendToStream(stream, [...events], options),
      );
      return { revision: Number(nextExpectedRevision), position };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      return { actualRevision: typeof error.actualVersion === 'bigint' ? Number(error.actualVersion) : -1 };
    }
  }

  private callOptions() {
    return { requiresLeader: true, deadline: this.times.attemptMs };
  }

  /** The client's own deadline does not cover the search for a leader. */
  private inTime<Result>(call: Promise<Result>): Promise<Result> {
    return this.abortable((resolve, reject) => void call.then(resolve, reject));
  }

  private async abortable<Result>(
    start: (resolve: (result: Result) => void, reject: (error: Error) => void, timer: NodeJS.Timeout) => void,
  ): Promise<Result> {
    let abort: (error: Error) => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Result>((resolve, reject) => {
        abort = reject;
        this.abortions.add(abort);
        const late = (): void => reject(new UnansweredError(`no answer in ${this.times.attemptMs} ms`));
        timer = setTimeout(late, this.times.attemptMs + 250);
        start(resolve, reject, timer);
      });
    } finally {
      clearTimeout(timer);
      this.abortions.delete(abort);
    }
  }
}
