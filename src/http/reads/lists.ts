import { Injectable } from '@nestjs/common';
import type { Page, Paging } from '../../views/paging.js';
import { Views } from '../../views/views.js';
import type {
  ArtifactsQuery,
  ChangesQuery,
  EventsQuery,
  ExceptionsQuery,
  IncidentsQuery,
  ListQuery,
} from '../dto/queries.js';
import { invalidRequest } from '../input/read-dto.js';
import { normaliseTime } from '../input/time.js';
import { defined } from '../mapping/defined.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { Reads, type Exchange } from './reads.js';
import { issuedReport } from './reports.js';

export const LIMIT_DEFAULT = 50;

/** The window that a list was read over; null where it has no end. */
export interface Window {
  readonly from: string | null;
  readonly to: string | null;
  readonly clock: 'recorded' | 'occurred';
}

const EVERYTHING: Window = { from: null, to: null, clock: 'recorded' };

/** Lists in pages. All pages of a list are read at the position of its first, so that none is told twice or not at all. */
@Injectable()
export class Lists {
  constructor(
    private readonly reads: Reads,
    private readonly views: Views,
  ) {}

  async changes(exchange: Exchange, query: ChangesQuery): Promise<void> {
    const window = windowOf(query);
    const { environment, service, component, layer, digest, pipeline, actor, outcome, reason, type, kind } = query;
    const fields = { environment, service, component, layer, digest, pipeline, actor, outcome, reason, type, kind };
    const filter = { ...many(fields), ...boundsOf(window) };
    await this.answer(exchange, query, {
      window,
      page: (paging) => this.views.changes.page(filter, paging),
      ...(query.total === 'true' && { count: (position) => this.views.changes.count(filter, position) }),
    });
  }

  async artifacts(exchange: Exchange, query: ArtifactsQuery): Promise<void> {
    const { component, commit, pipeline, base, version } = query;
    const filter = many({ component, commit, pipeline, base, version });
    await this.answer(exchange, query, {
      window: EVERYTHING,
      page: (paging) => this.views.artifacts.page(filter, paging),
    });
  }

  async events(exchange: Exchange, query: EventsQuery): Promise<void> {
    const { stream, type, environment, digest, actor, changeId } = query;
    const filter = many({ stream, type, environment, digest, actor, changeId });
    await this.answer(exchange, query, {
      window: EVERYTHING,
      page: (paging) => this.views.events.page(filter, paging),
    });
  }

  async incidents(exchange: Exchange, query: IncidentsQuery): Promise<void> {
    const { environment, service, severity, changeId, mendedBy } = query;
    const filter = many({ environment, service, severity, changeId, mendedBy });
    await this.answer(exchange, query, {
      window: EVERYTHING,
      page: (paging) => this.views.incidents.page(filter, paging),
    });
  }

  /** Reports that were issued. */
  async reports(exchange: Exchange, query: ListQuery): Promise<void> {
    await this.answer(exchange, query, {
      window: EVERYTHING,
      page: async (paging) => {
        const { rows, ...rest } = await this.views.handouts.page({ kind: ['report'] }, paging);
        return { ...rest, rows: rows.map(issuedReport) };
      },
    });
  }

  async exceptions(exchange: Exchange, query: ExceptionsQuery): Promise<void> {
    const window = windowOf(query);
    const { kind, environment, pipeline, actor } = query;
    const filter = { ...many({ kind, environment, pipeline, actor }), ...boundsOf(window) };
    await this.answer(exchange, query, { window, page: (paging) => this.views.exceptions.page(filter, paging) });
  }

  private async answer(
    exchange: Exchange,
    query: ListQuery,
    list: {
      readonly window: Window;
      readonly page: (paging: Paging) => Promise<Page<object>>;
      readonly count?: (position: number) => Promise<number>;
    },
  ): Promise<void> {
    const { paging, isPinned } = await this.pagingOf(query);
    const { position } = paging;
    const { rows, next } = await list.page(paging);
    const total = await list.count?.(position);
    const cursor = next === undefined ? undefined : encodeCursor({ position, after: next }, query);
    if (cursor !== undefined) exchange.reply.header('link', `<${nextPage(exchange.request.url, cursor)}>; rel="next"`);
    const body = defined({ position, window: list.window, total, items: rows, next: cursor });
    this.reads.send(exchange, body, { isPinned });
  }

  private async pagingOf(query: ListQuery): Promise<{ paging: Paging; isPinned: boolean }> {
    const limit = query.limit === undefined ? LIMIT_DEFAULT : Number(query.limit);
    const order = query.order === 'asc' ? 'asc' : 'desc';
    if (query.cursor === undefined) {
      const { position, isPinned } = await this.reads.moment(query);
      return { paging: { position, limit, order }, isPinned };
    }
    const { position, after } = decodeCursor(query.cursor, query);
    await this.reads.see(position, 'cursor');
    return { paging: { position, after, limit, order }, isPinned: true };
  }
}

/** @throws HttpProblem for a window that ends before it begins */
export function windowOf({ clock, from, to }: Pick<ChangesQuery, 'clock' | 'from' | 'to'>): Window {
  const start = (from && normaliseTime(from)) ?? null;
  const end = (to && normaliseTime(to)) ?? null;
  if (start && end && start >= end) throw invalidRequest([{ field: 'from', detail: 'must be before to' }]);
  return { from: start, to: end, clock: clock === 'occurred' ? 'occurred' : 'recorded' };
}

const boundsOf = ({ clock, from, to }: Window) => ({ clock, ...(from && { from }), ...(to && { to }) });

type Repeated = string | string[] | undefined;

/** Every given filter as a list. */
export function many<T extends Record<string, Repeated>>(fields: T): { [K in keyof T]?: string[] } {
  const filter: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) filter[name] = Array.isArray(value) ? value : [value];
  }
  return filter;
}

/** The same request for the page at the cursor. */
export function nextPage(url: string, cursor: string): string {
  const next = new URL(url, 'http://cairn');
  next.searchParams.set('cursor', cursor);
  return `${next.pathname}${next.search}`;
}
