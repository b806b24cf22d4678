import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { EventReader } from '../../event-store/port.js';
import { Views } from '../../views/views.js';
import type { MomentQuery } from '../dto/queries.js';
import { EVENT_STORE } from '../injection.js';
import { PATTERNS } from '../input/patterns.js';
import { normaliseTime } from '../input/time.js';
import { EVIDENCE_WAIT_MS, VIEWS_WAIT_MS } from '../limits.js';
import { problem } from '../problems/problem.js';
import { ViewsWatch } from './views-watch.js';

/** What a read is answered at, and what it was asked as. */
export interface ResolvedMoment {
  readonly position: number;
  /** The time that was asked for, where one was. */
  readonly asOf?: string;
  readonly occurredBy?: string;
  /** Whether the request itself named the position, so that its answer never changes. */
  readonly isPinned: boolean;
}

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** An answer as it goes over the wire. */
interface Written {
  readonly text: string | Buffer;
  readonly type: string;
  /** A hash of the text, if it is left out. */
  readonly etag?: string;
}

export const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Finds the position that a read is answered at, and answers with what caches need. */
@Injectable()
export class Reads {
  constructor(
    private readonly views: Views,
    private readonly watch: ViewsWatch,
    @Inject(EVENT_STORE) private readonly events: EventReader,
  ) {}

  /** @throws HttpProblem for a moment that is before genesis, in the future or not seen in time */
  async moment(query: MomentQuery): Promise<ResolvedMoment> {
    if (query.minPosition !== undefined) await this.see(Number(query.minPosition), 'minPosition');
    const at = await this.positionOf(query.asOf, 'asOf');
    const occurredBy = query.occurredBy && pastTime('occurredBy', query.occurredBy);
    return { ...at, ...(occurredBy && { occurredBy }) };
  }

  /** As {@link moment}; where none is named, all that the ledger holds: evidence leaves out nothing acknowledged. */
  async evidence(query: MomentQuery): Promise<ResolvedMoment> {
    if (query.asOf === undefined) await this.catchUp(await this.events.head(), EVIDENCE_WAIT_MS);
    return this.moment(query);
  }

  /** The position that a time or a position in text stands for. */
  async positionOf(moment: string | undefined, name: string): Promise<Omit<ResolvedMoment, 'occurredBy'>> {
    if (moment === undefined) return { position: await this.current(), isPinned: false };
    if (PATTERNS.count.test(moment)) {
      await this.see(Number(moment), name);
      return { position: Number(moment), isPinned: true };
    }
    const asOf = pastTime(name, moment);
    return { position: await this.positionAt(asOf, name), asOf, isPinned: false };
  }

  /** Waits until the views have seen the position. @throws HttpProblem when it is not there, or not in time */
  async see(position: number, name: string): Promise<void> {
    await this.settled();
    if (this.views.position() >= position) return;
    const head = await this.events.head();
    if (position > head) {
      throw problem('invalid-moment', `${name} ${position} is beyond the ledger’s last position, ${head}.`);
    }
    await this.catchUp(position);
  }

  /** Answers JSON with a strong ETag, or `304` to who has it already. */
  send(exchange: Exchange, body: object, { isPinned }: { isPinned: boolean }, etag?: string): void {
    exchange.request.position = (body as { position?: number }).position ?? null;
    const text = JSON.stringify(body);
    this.sendText(exchange, { text, type: 'application/json; charset=utf-8', ...(etag && { etag }) }, { isPinned });
  }

  /** The same of any text. */
  sendText({ request, reply }: Exchange, { text, type, etag }: Written, { isPinned }: { isPinned: boolean }): void {
    const tag = etag ?? `"${createHash('sha256').update(text).digest('base64url')}"`;
    reply.header('etag', tag);
    reply.header('cache-control', isPinned ? `private, immutable, max-age=${YEAR_SECONDS}` : 'private, no-cache');
    if (matches(request.headers['if-none-match'], tag)) void reply.code(304).send();
    else void reply.header('content-type', type).send(text);
  }

  /** What this server has acknowledged is seen by whoever asks it next. */
  private async current(): Promise<number> {
    await this.settled();
    const position = await this.views.fresh();
    if (position < 0) throw this.watch.unavailable('The views are being built. See /health/ready.');
    return position;
  }

  /** @throws HttpProblem while nobody knows how far the rows of the views are */
  private async settled(): Promise<void> {
    if (!(await this.views.settled(VIEWS_WAIT_MS)))
      throw this.watch.unavailable('The views’ database does not answer.');
  }

  private async catchUp(position: number, timeoutMs = VIEWS_WAIT_MS): Promise<void> {
    if (await this.views.waitFor(position, timeoutMs)) return;
    throw this.watch.unavailable(
      `The views are at position ${this.views.position()} and have not reached ${position} yet.`,
    );
  }

  /** While the views' last event is before the time, a later one that they have not seen may be as well. */
  private async positionAt(time: string, name: string): Promise<number> {
    await this.current();
    let at = await this.views.events.positionAt(time);
    if (at === this.views.position()) {
      await this.catchUp(await this.events.head());
      at = await this.views.events.positionAt(time);
    }
    if (at === 'before-genesis') {
      throw problem('invalid-moment', `${name} ${time} is before the ledger’s first event.`);
    }
    return at;
  }
}

/** @throws HttpProblem for a time that has not come yet: nobody knows what the ledger will know then */
function pastTime(name: string, time: string): string {
  const utc = normaliseTime(time);
  if (utc === undefined) throw problem('invalid-moment', `${name} must be an RFC 3339 time.`);
  if (Date.parse(utc) > Date.now()) throw problem('invalid-moment', `${name} ${utc} is in the future.`);
  return utc;
}

/** `If-None-Match` compares weakly (RFC 9110, 13.1.2). */
export function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header === '*' || header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag);
}
