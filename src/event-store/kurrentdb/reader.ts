import type { RecordedEvent as ServerEvent } from '@eventstore/db-client';
import type { EventReader, RecordedEvent, StreamEvent } from '../port.js';
import { StoreError } from '../port.js';
import { isUuid } from '../validate.js';
import { Connection } from './connection.js';
import { Ledger, type Placed } from './ledger.js';
import { Places } from './places.js';
import { decodeRecord, recordedSinceMs } from './records.js';
import { sleep } from './retry.js';

const PAGE = 1_000;
/** How long a reader waits for a server to give an event its position, and how often it looks. */
const PLACE_PATIENCE_MS = 5_000;
const PLACE_POLL_MS = 100;

/** Reads a ledger beside the servers that write it. Any thread and any process may have readers of its own. */
export class KurrentDbEventReader implements EventReader {
  readonly isShared = true;
  private readonly ledger: Ledger;
  private readonly places: Places;

  constructor(private readonly connection: Connection) {
    this.ledger = new Ledger(connection);
    this.places = new Places(connection, 'reader');
  }

  /** @throws StoreError when the URL is wrong. The server is not asked until something is read. */
  static open(url: string): KurrentDbEventReader {
    return new KurrentDbEventReader(Connection.to(url));
  }

  async readStream(stream: string, fromRevision: number, limit: number): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    const wanted = bound(limit);
    const start = Math.max(0, fromRevision);
    while (events.length < wanted) {
      const maxCount = Math.min(PAGE, wanted - events.length);
      const page = await this.connection.read(stream, { fromRevision: start + events.length, maxCount });
      for (const { event } of page) if (event) events.push(decodeRecord(event));
      if (page.length < maxCount) break;
    }
    return events;
  }

  async readAll(fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    return this.ledger.readAll(fromPosition, bound(limit));
  }

  async readCategory(prefix: string, fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    return this.ledger.readCategory(prefix, fromPosition, bound(limit));
  }

  async findById(id: string): Promise<RecordedEvent | undefined> {
    if (!isUuid(id)) return undefined;
    const event = await this.places.find(id);
    return event && { ...decodeRecord(event), ...(await this.locate(event)) };
  }

  async head(): Promise<number> {
    return (await this.ledger.last())?.position ?? -1;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async locate(event: ServerEvent): Promise<Placed> {
    const { streamId, revision } = event;
    const deadline = Date.now() + PLACE_PATIENCE_MS;
    for (;;) {
      const placed = await this.ledger.find(streamId, Number(revision), recordedSinceMs(event));
      if (placed) return placed;
      if (Date.now() > deadline) {
        throw new StoreError('unavailable', `Event ${revision} of ${streamId} has no position yet`);
      }
      await sleep(PLACE_POLL_MS);
    }
  }
}

export function bound(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`Not a number of events: ${limit}`);
  return limit;
}
