import type { ResolvedEvent } from '@eventstore/db-client';
import { StoreError, type RecordedEvent } from '../port.js';
import type { Connection } from './connection.js';
import { decodeLink, decodeRecord, type Link } from './records.js';
import { LEDGER_STREAM } from './streams.js';

const PAGE = 1_000;
const READS_AT_ONCE = 32;

export interface Placed {
  readonly position: number;
  readonly recordedAt: string;
}

export type PlacedLink = Link & { readonly position: number };

/** Reads the ledger: the stream of links whose revisions are the positions. */
export class Ledger {
  constructor(private readonly connection: Connection) {}

  /** The link of the last position; undefined for an empty ledger. */
  async last(): Promise<PlacedLink | undefined> {
    const [record] = await this.connection.read(LEDGER_STREAM, { backwards: true, maxCount: 1 });
    return record && placedLink(record);
  }

  /** Links from a position on. Never resolved here: what a link says is enough to go on. */
  async links(fromPosition: number, limit: number): Promise<PlacedLink[]> {
    const options = { fromRevision: Math.max(0, fromPosition), maxCount: limit };
    return (await this.connection.read(LEDGER_STREAM, options)).map(placedLink);
  }

  async readAll(fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    const start = Math.max(0, fromPosition);
    while (events.length < limit) {
      const maxCount = Math.min(PAGE, limit - events.length);
      const fromRevision = start + events.length;
      const page = await this.connection.read(LEDGER_STREAM, { fromRevision, maxCount, resolveLinks: true });
      events.push(...page.map(recordedEvent));
      if (page.length < maxCount) break;
    }
    return events;
  }

  /** Looks at the links first and fetches only the events whose stream's name fits. */
  async readCategory(prefix: string, fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for (let from = Math.max(0, fromPosition); found.length < limit; from += PAGE) {
      const links = await this.links(from, PAGE);
      const fitting = links.filter(({ stream }) => stream.startsWith(prefix)).slice(0, limit - found.length);
      found.push(...(await this.eventsOf(fitting)));
      if (links.length < PAGE) break;
    }
    return found;
  }

  /**
   * The place of an event whose time of record is `sinceMs` or later. Such times never go back along positions, so the
   * search starts where they reach it and goes on until the link is met.
   */
  async find(stream: string, revision: number, sinceMs: number): Promise<Placed | undefined> {
    const last = await this.last();
    for (
      let from = last ? await this.firstAt(sinceMs, last.position) : 0;
      last && from <= last.position;
      from += PAGE
    ) {
      const links = await this.links(from, PAGE);
      const found = links.find((link) => link.stream === stream && link.revision === revision);
      if (found) return placeOf(found);
      if (links.length === 0) break;
    }
    return undefined;
  }

  private async firstAt(sinceMs: number, lastPosition: number): Promise<number> {
    let [low, high] = [0, lastPosition + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [link] = await this.links(middle, 1);
      if (link && link.recordedMs < sinceMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private async eventsOf(links: readonly PlacedLink[]): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (let from = 0; from < links.length; from += READS_AT_ONCE) {
      const reads = links.slice(from, from + READS_AT_ONCE).map(({ position }) => this.readAll(position, 1));
      events.push(...(await Promise.all(reads)).flat());
    }
    return events;
  }
}

export const placeOf = ({ position, recordedMs }: PlacedLink): Placed => ({
  position,
  recordedAt: new Date(recordedMs).toISOString(),
});

function placedLink({ link, event }: ResolvedEvent): PlacedLink {
  const record = link ?? event;
  if (!record) throw new StoreError('corrupt', `${LEDGER_STREAM} has a record that is empty`);
  return { ...decodeLink(record), position: Number(record.revision) };
}

function recordedEvent(resolved: ResolvedEvent): RecordedEvent {
  const placed = placedLink(resolved);
  const event = resolved.link && resolved.event && decodeRecord(resolved.event);
  if (event?.stream !== placed.stream || event.revision !== placed.revision) {
    const name = `event ${placed.revision} of ${placed.stream}`;
    throw new StoreError(
      'corrupt',
      `Position ${placed.position} of the ledger is ${name}, which is not there any more`,
    );
  }
  return { ...event, ...placeOf(placed) };
}
