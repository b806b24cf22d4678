import type { AllStreamResolvedEvent, Position, RecordedEvent as ServerEvent } from '@eventstore/db-client';
import type { RecordedEvent } from '../port.js';
import type { Connection } from './connection.js';
import { isPassing, storeError, UnansweredError } from './errors.js';
import type { Ledger, PlacedLink } from './ledger.js';
import { isAfter, isCairnRecord, isMoved } from './records.js';
import { backoffMs, sleep } from './retry.js';
import { isOneOf } from './streams.js';

const PAGE = 1_000;
/** How long the server may send nothing, and how often in a row it may go away, before the caller is told. */
const QUIET_MS = 30_000;
const FAILURES_MAX = 20;
const RETRY_MOST_MS = 2_000;

/**
 * Reads `$all` up to a moved ledger's last event, beside the links. A link says what stands at a position; only this
 * says that nothing stands between them, which no link names and which no server would find any more.
 */
export class MoveScan {
  /** Where in `$all` the last event is that was seen. */
  private seen: Position | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly ledger: Ledger,
    private readonly prefixes: readonly string[],
  ) {}

  /** @throws StoreError when the server is away for long */
  async findStranger(last: RecordedEvent, onSeen: () => void, signal: AbortSignal): Promise<string | undefined> {
    const links = new LinkReader(this.ledger);
    for await (const event of this.eventsOfCairn()) {
      const link = await links.next();
      if (!isMoved(event) || link?.stream !== event.streamId || link.revision !== Number(event.revision)) {
        return `event ${event.revision} of ${event.streamId} (${event.id})`;
      }
      onSeen();
      if (link.position === last.position || signal.aborted) return undefined;
    }
    return undefined;
  }

  /** From the first on, each once, whatever happens to the connection meanwhile. */
  private async *eventsOfCairn(): AsyncGenerator<ServerEvent> {
    for (let failures = 0; ; failures++) {
      try {
        for await (const event of this.subscribed()) {
          failures = 0;
          yield event;
        }
        throw new UnansweredError('the subscription ended');
      } catch (error) {
        if (!isPassing(error) || failures >= FAILURES_MAX) throw storeError(error, this.connection.server);
      }
      await sleep(backoffMs(failures, RETRY_MOST_MS));
    }
  }

  private async *subscribed(): AsyncGenerator<ServerEvent> {
    const subscription = this.connection.subscribe([...this.prefixes], this.seen, () => timer.refresh());
    const timer = setTimeout(() => void subscription.destroy(new UnansweredError('nothing came any more')), QUIET_MS);
    try {
      for await (const { event } of subscription as AsyncIterable<AllStreamResolvedEvent>) {
        timer.refresh();
        const { position } = event ?? {};
        if (!event || !position || (this.seen && !isAfter(position, this.seen))) continue;
        this.seen = position;
        if (isCairnRecord(event) && isOneOf(event.streamId, this.prefixes)) yield event;
      }
    } finally {
      clearTimeout(timer);
      subscription.unsubscribe().catch(() => undefined);
    }
  }
}

/** Links one after the other, read a page at a time. */
class LinkReader {
  private page: PlacedLink[] = [];
  private index = 0;

  constructor(private readonly ledger: Ledger) {}

  async next(): Promise<PlacedLink | undefined> {
    if (this.index === this.page.length) {
      this.page = await this.ledger.links((this.page.at(-1)?.position ?? -1) + 1, PAGE);
      this.index = 0;
    }
    return this.page[this.index++];
  }
}
