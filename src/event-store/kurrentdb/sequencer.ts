import type { AllStreamResolvedEvent, AllStreamSubscription } from '@eventstore/db-client';
import { LRUCache } from 'lru-cache';
import { StoreError } from '../port.js';
import type { Connection } from './connection.js';
import { isPassing, storeError, UnansweredError } from './errors.js';
import { placeOf, type Ledger, type Placed, type PlacedLink } from './ledger.js';
import { stillMoving } from './move-mark.js';
import { encodeLink, isAfter, isCairnRecord, isMoved, type Link } from './records.js';
import { backoffMs, sleep } from './retry.js';
import { isOneOf, LEDGER_STREAM } from './streams.js';

const BATCH_LINKS = 500;
const PAGE = 1_000;
/** Events that wait for a position; the server keeps the rest until there is room. */
const WAITING_MAX = 10_000;
const RECENT_PLACES = 50_000;
/** Longest pause between two attempts to reach the server. */
const RETRY_MOST_MS = 2_000;
/** Events that nobody here waits for are left to the server that appended them for so long. */
const OTHERS_MS = 100;
const POLL_MS = 1_000;
const QUIET_MS = 2_000;

type Unplaced = Omit<Link, 'recordedMs'> & { readonly createdMs: number };

/**
 * Gives Cairn's events their positions: dense, in the order of `$all`, the same for every server.
 *
 * Each server runs one. It follows `$all` from the last link on and appends links at the revision that it knows as the
 * ledger's last. Who loses such a race reads what the winner has written and goes on from there, so there is never
 * more than one order, and whoever is alive carries on. The last link is also the checkpoint of the subscription.
 */
export class Sequencer {
  private readonly waiting: Unplaced[] = [];
  private readonly recent = new LRUCache<string, Placed>({ max: RECENT_PLACES });
  private readonly wanted = new Map<string, (() => void)[]>();
  private last: PlacedLink | undefined;
  private subscription: AllStreamSubscription | undefined;
  private endSubscription: (error: Error) => void = () => undefined;
  /** When the subscription began or brought something last. */
  private heardMs = 0;
  private isPlacing = false;
  private isClosed = false;
  private isMovedInto = false;
  private refusal: StoreError | undefined;
  private following: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: Connection,
    private readonly ledger: Ledger,
    private readonly prefixes: readonly string[],
    private readonly onPlaced: () => void,
  ) {}

  /** @throws StoreError when the server cannot be used */
  async start(): Promise<void> {
    this.last = await this.ledger.last();
    await this.connection.assertReadsAll();
    this.following = this.follow();
  }

  /** The place of an event that was given it lately. */
  recentPlace(stream: string, revision: number): Placed | undefined {
    return this.recent.get(keyOf(stream, revision));
  }

  /**
   * The place of an event that is in its stream and, as far as is known, has no position yet.
   *
   * @throws StoreError `unsettled` when it is not given one in time
   */
  async placed(stream: string, revision: number, patienceMs: number): Promise<Placed> {
    const key = keyOf(stream, revision);
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const placed = this.recent.get(key);
      if (placed) return placed;
      if (this.isClosed || Date.now() >= deadline) {
        throw new StoreError('unsettled', `Event ${revision} of ${stream} is written and has no position yet`);
      }
      void this.place(true);
      const isThere = await this.news(key, Math.min(POLL_MS, deadline - Date.now()));
      if (!isThere && Date.now() - this.heardMs > QUIET_MS) {
        // Something must have come meanwhile, this event at least: a call that hangs would never say so.
        this.endSubscription(new UnansweredError('the subscription has gone quiet'));
      }
    }
  }

  /** @throws StoreError while the server refuses what gives events their positions, and asking again has not helped */
  assertLetIn(): void {
    if (this.refusal) throw this.refusal;
  }

  /** @throws StoreError `unfinished` when a ledger was seen to be moved to where this one was going to begin */
  assertNotMovedInto(): void {
    if (this.isMovedInto) throw stillMoving(this.connection.server);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.endSubscription(new UnansweredError('closing'));
    for (const wake of [...this.wanted.values()].flat()) wake();
    await this.following;
  }

  private async follow(): Promise<void> {
    for (let failures = 0; !this.isClosed; failures++) {
      try {
        await this.catchUp();
        await this.listen(() => (failures = 0));
      } catch (error) {
        // Whatever ended it, the way on is the same: from the last link, after a pause. `head()` says what is wrong.
        if (!isPassing(error)) this.refusal = storeError(error, this.connection.server);
      }
      if (!this.isClosed) await sleep(backoffMs(failures, RETRY_MOST_MS));
    }
  }

  /** Takes events from `$all` until something ends it. */
  private async listen(onEvent: () => void): Promise<void> {
    this.waiting.length = 0;
    const { last } = this;
    const from = last && { commit: last.commit, prepare: last.prepare };
    const subscription = this.connection.subscribe([...this.prefixes], from, () => onEvent());
    this.subscription = subscription;
    this.heardMs = Date.now();
    try {
      await new Promise<void>((_resolve, reject) => {
        this.endSubscription = reject;
        subscription.on('error', reject);
        subscription.on('confirmation', () => (this.refusal = undefined));
        subscription.on('end', () => reject(new UnansweredError('the subscription ended')));
        subscription.on('data', (resolved: AllStreamResolvedEvent) => {
          onEvent();
          this.heardMs = Date.now();
          this.take(resolved);
        });
        if (this.isClosed) reject(new UnansweredError('closing'));
      });
    } finally {
      this.subscription = undefined;
      subscription.unsubscribe().catch(() => undefined);
      // What the client still holds of it must not get in behind the next subscription's first event.
      subscription.removeAllListeners('data');
    }
  }

  private take({ event, commitPosition }: AllStreamResolvedEvent): void {
    if (!event || !isCairnRecord(event) || !isOneOf(event.streamId, this.prefixes)) return;
    if (isMoved(event)) {
      this.isMovedInto ||= this.last === undefined;
      return;
    }
    const { commit = commitPosition ?? 0n, prepare = commitPosition ?? 0n } = event.position ?? {};
    const unplaced = { stream: event.streamId, revision: Number(event.revision), commit, prepare };
    const before = this.waiting.at(-1) ?? this.last;
    if (before && !isAfter(unplaced, before)) return;
    this.waiting.push({ ...unplaced, createdMs: event.created.getTime() });
    if (this.waiting.length >= WAITING_MAX) this.subscription?.pause();
    const isWanted = this.wanted.has(keyOf(unplaced.stream, unplaced.revision));
    if (isWanted || this.waiting.length >= BATCH_LINKS) void this.place(true);
    else if (this.waiting.length === 1)
      setTimeout(() => void this.place(false), OTHERS_MS / 2 + Math.random() * OTHERS_MS);
  }

  /** Gives positions to all that wait. One at a time: every batch begins where the one before has ended. */
  private async place(isOurs: boolean): Promise<void> {
    if (this.isPlacing) return;
    this.isPlacing = true;
    try {
      if (!isOurs) await this.catchUp();
      while (this.waiting.length > 0 && !this.isClosed) await this.placeBatch();
    } catch {
      // The subscription is taken up again at the last link that got in, whether or not this batch did.
      this.endSubscription(new UnansweredError('a batch of positions was not answered'));
    } finally {
      this.isPlacing = false;
      this.subscription?.resume();
    }
  }

  private async placeBatch(): Promise<void> {
    const links = this.nextLinks();
    const expected = this.last?.position ?? -1;
    const written = await this.connection.append(LEDGER_STREAM, expected, links.map(encodeLink));
    if ('revision' in written && written.revision === expected + links.length) this.advance(links);
    else await this.catchUp();
  }

  private nextLinks(): PlacedLink[] {
    let position = this.last?.position ?? -1;
    let recordedMs = this.last?.recordedMs ?? 0;
    return this.waiting.slice(0, BATCH_LINKS).map(({ createdMs, ...event }) => {
      position += 1;
      recordedMs = Math.max(recordedMs, createdMs);
      return { ...event, position, recordedMs };
    });
  }

  /** Reads the links that others have appended. */
  private async catchUp(): Promise<void> {
    for (;;) {
      const links = await this.ledger.links((this.last?.position ?? -1) + 1, PAGE);
      this.advance(links);
      if (links.length < PAGE) return;
    }
  }

  private advance(links: readonly PlacedLink[]): void {
    const fresh = links.filter(({ position }) => position > (this.last?.position ?? -1));
    for (const link of fresh) {
      const key = keyOf(link.stream, link.revision);
      this.recent.set(key, placeOf(link));
      this.last = link;
      for (const wake of this.wanted.get(key) ?? []) wake();
    }
    if (fresh.length === 0) return;
    const first = this.waiting.findIndex((event) => this.last && isAfter(event, this.last));
    this.waiting.splice(0, first < 0 ? this.waiting.length : first);
    this.onPlaced();
  }

  /** Whether the event was given its place before the time was over. */
  private async news(key: string, timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    let wake = (): void => undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      this.wanted.set(key, [...(this.wanted.get(key) ?? []), resolve]);
      timer = setTimeout(resolve, Math.max(1, timeoutMs));
    });
    clearTimeout(timer);
    const others = (this.wanted.get(key) ?? []).filter((other) => other !== wake);
    if (others.length > 0) this.wanted.set(key, others);
    else this.wanted.delete(key);
    return this.recent.has(key);
  }
}

const keyOf = (stream: string, revision: number): string => `${revision}@${stream}`;
