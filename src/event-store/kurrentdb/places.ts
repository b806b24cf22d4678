import { jsonEvent, type EventData, type RecordedEvent as ServerEvent } from '@eventstore/db-client';
import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import { StoreError } from '../port.js';
import type { Connection } from './connection.js';
import { idStream } from './streams.js';

/**
 * How long the append that follows an entry may take, attempts and lost answers included. An entry's age is this
 * machine's clock against the server's, so the two are assumed to differ by less than what this leaves beyond the
 * attempts, about twenty seconds: with a clock further ahead, an append that is still under way is taken for one that
 * never comes.
 */
const APPEND_MS = 30_000;
/** Entries of one id. Each is an attempt that met a conflict, and a command gives up long before. */
const ENTRIES_MAX = 200;
/** More than can wait for an answer in the time for which one may still come. */
const UNSETTLED_MAX = 100_000;
const ATTEMPTS = 5;

interface Place {
  readonly stream: string;
  readonly revision: number;
  /** Which store was going to append. */
  readonly by: string;
}

type Entry = Place & { readonly createdMs: number };

/** `free`: no other attempt was ever made. `retried`: the append goes on, but what gets in may be another attempt's. */
export type Claim = { readonly status: 'free' | 'retried' } | { readonly status: 'there'; readonly event: ServerEvent };

/**
 * Where the event of an id is. The server has no such index, so it is written down in a stream of the id's own before
 * the event is appended: the event is at one of the places in that stream, or it is nowhere.
 */
export class Places {
  /** Ids whose last append of this process was not answered: it may still come. */
  private readonly unsettled = new LRUCache<string, true>({ max: UNSETTLED_MAX, ttl: APPEND_MS });

  constructor(
    private readonly connection: Connection,
    private readonly name: string,
  ) {}

  /** The event with this id, wherever it is, whether or not it has a position yet. */
  async find(id: string): Promise<ServerEvent | undefined> {
    return (await this.look(id, await this.entries(id))).event;
  }

  /**
   * Says where the event is going to be appended. Calls with one id must not overlap within a process.
   *
   * @throws StoreError `unavailable` while another server may be appending this id to another stream
   */
  async claim(id: string, stream: string, revision: number): Promise<Claim> {
    const entry = jsonEvent({ type: 'EventPlaced.v1', data: { stream, revision, by: this.name }, id: randomUUID() });
    let last = -1;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const written = await this.enter(id, last, entry);
      if ('revision' in written) return { status: last < 0 ? 'free' : 'retried' };
      const entries = await this.entries(id);
      const { event, open } = await this.look(id, entries);
      if (event) return { status: 'there', event };
      if (open.some((place) => place.stream !== stream && this.mayStillCome(id, place))) {
        throw new StoreError('unavailable', `Another server may be writing ${id} at this moment`);
      }
      if (open.some((place) => place.stream === stream && place.revision === revision)) return { status: 'retried' };
      last = entries.length - 1;
    }
    throw new StoreError('unavailable', `Other servers kept writing ${id}`);
  }

  /** Remembers whether the append of this id was answered. */
  settle(id: string, isSettled: boolean): void {
    if (isSettled) this.unsettled.delete(id);
    else this.unsettled.set(id, true);
  }

  /** An entry that may or may not be there is no event that may be: nothing of the append was written. */
  private async enter(id: string, last: number, entry: EventData) {
    try {
      return await this.connection.append(idStream(id), last, [entry]);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'unsettled') throw error;
      throw new StoreError('unavailable', error.message);
    }
  }

  /** An append of this very process was answered before the next one of its id begins. */
  private mayStillCome(id: string, { by, createdMs }: Entry): boolean {
    if (by === this.name && !this.unsettled.has(id)) return false;
    return Date.now() - createdMs < APPEND_MS;
  }

  private async look(id: string, entries: readonly Entry[]): Promise<{ event?: ServerEvent; open: Entry[] }> {
    const open: Entry[] = [];
    for (const place of [...entries].reverse()) {
      const [found] = await this.connection.read(place.stream, { fromRevision: place.revision, maxCount: 1 });
      if (found?.event?.id === id) return { event: found.event, open };
      // Where another event is, this one cannot get in any more.
      if (!found?.event) open.push(place);
    }
    return { open };
  }

  private async entries(id: string): Promise<Entry[]> {
    const records = await this.connection.read(idStream(id), { maxCount: ENTRIES_MAX });
    return records.flatMap(({ event }) =>
      event ? [{ ...(event.data as unknown as Place), createdMs: event.created.getTime() }] : [],
    );
  }
}
