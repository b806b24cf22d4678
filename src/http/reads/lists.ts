import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { canonicalize } from '../../commands/canonical.js';
import type { PopulationInput } from '../../reports/population/population.js';
import type { Workshop } from '../../reports/workshop/workshop.js';
import { picked } from '../../views/changes/row.js';
import type { HandoutKind } from '../../views/handouts/entity.js';
import type { IncidentRow } from '../../views/incidents/queries.js';
import type { Page, Paging } from '../../views/paging.js';
import { Views } from '../../views/views.js';
import type { ChangesQuery } from '../dto/changes.js';
import type { ArtifactsQuery, EventsQuery, ExceptionsQuery, IncidentsQuery, ListQuery } from '../dto/queries.js';
import { REPORTS_WORKSHOP } from '../injection.js';
import { defined } from '../mapping/defined.js';
import { changeWindowOf, fieldsOf, toFilter, toQuery } from '../mapping/population.js';
import { boundsOf, windowOf, type Window } from '../mapping/window.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { Reads, type Exchange } from './reads.js';
import { whenLeft } from './when-left.js';
import { issuedReport } from './reports.js';

export const LIMIT_DEFAULT = 50;

const EVERYTHING: Window = { from: null, to: null, clock: 'recorded' };

/** So many rows are counted while the caller's thread waits; more are counted in the workshop. */
const COUNTED_AT_ONCE = 10_000;

/** Lists in pages. All pages of a list are read at the position of its first, so that none is told twice or not at all. */
@Injectable()
export class Lists {
  constructor(
    private readonly reads: Reads,
    private readonly views: Views,
    @Inject(REPORTS_WORKSHOP) private readonly workshop: Workshop,
  ) {}

  async changes(exchange: Exchange, query: ChangesQuery): Promise<void> {
    const filter = toFilter(toQuery(query));
    const fields = fieldsOf(query.fields);
    await this.answer(exchange, query, {
      window: changeWindowOf(query),
      page: async (paging) => {
        const { rows, ...rest } = await this.views.changes.page(filter, paging);
        return { ...rest, rows: fields ? rows.map((row) => picked(row, fields)) : rows };
      },
      all: (position) => this.population(query, { filter, position }, whenLeft(exchange.reply)),
    });
  }

  private async population(query: ChangesQuery, asked: PopulationInput, signal: AbortSignal): Promise<object> {
    const isCounted = query.total === 'true';
    if (query.populationHash !== 'true') {
      if (!isCounted) return {};
      const counted = await this.views.changes.count(asked.filter, asked.position, COUNTED_AT_ONCE);
      if (counted < COUNTED_AT_ONCE) return { total: counted };
      return { total: await this.workshop.run('countPopulation', asked, { signal }) };
    }
    const population = await this.workshop.run('hashPopulation', asked, { signal });
    return { ...(isCounted && { total: population.count }), population };
  }

  async artifacts(exchange: Exchange, query: ArtifactsQuery): Promise<void> {
    const { component, commit, pipeline, base, version, ref, repository } = query;
    const filter = many({ component, commit, pipeline, base, version, ref, repository });
    await this.answer(exchange, query, {
      window: EVERYTHING,
      page: (paging) => this.views.artifacts.page(filter, paging),
    });
  }

  async events(exchange: Exchange, query: EventsQuery): Promise<void> {
    const { stream, type, environment, digest, actor, changeId } = query;
    const window = windowOf(query);
    const { clock: _recorded, ...bounds } = boundsOf(window);
    const filter = { ...many({ stream, type, environment, digest, actor, changeId }), ...bounds };
    await this.answer(exchange, query, {
      window,
      page: (paging) => this.views.events.page(filter, paging),
      ...(query.total === 'true' && {
        all: async (position) => ({ total: await this.views.events.count(filter, position) }),
      }),
    });
  }

  async incidents(exchange: Exchange, query: IncidentsQuery): Promise<void> {
    const { environment, service, severity, changeId, mendedBy, from, to } = query;
    const window = windowOf(defined({ clock: 'occurred', from, to }));
    const { clock: _occurred, ...bounds } = boundsOf(window);
    const status = query.status as IncidentRow['status'] | undefined;
    const filter = {
      ...many({ environment, service, severity, changeId, mendedBy }),
      ...bounds,
      ...defined({ status }),
    };
    await this.answer(exchange, query, {
      window,
      page: (paging) => this.views.incidents.page(filter, paging),
      ...(query.total === 'true' && {
        all: async (position) => ({ total: await this.views.incidents.count(filter, position) }),
      }),
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

  /** What was handed out: a report, export or sample a row. */
  async handouts(exchange: Exchange, query: ListQuery, kind: HandoutKind): Promise<void> {
    await this.answer(exchange, query, {
      window: EVERYTHING,
      page: (paging) => this.views.handouts.page({ kind: [kind] }, paging),
    });
  }

  private async answer(
    exchange: Exchange,
    query: ListQuery,
    list: {
      readonly window: Window;
      readonly page: (paging: Paging) => Promise<Page<object>>;
      /** What is said of all rows, where that was asked for. */
      readonly all?: (position: number) => Promise<object>;
    },
  ): Promise<void> {
    const { paging, isPinned } = await this.pagingOf(query);
    const { position } = paging;
    const { rows, next } = await list.page(paging);
    const all = await list.all?.(position);
    const cursor = next === undefined ? undefined : encodeCursor({ position, after: next }, query);
    if (cursor !== undefined) exchange.reply.header('link', `<${nextPage(exchange.request.url, cursor)}>; rel="next"`);
    const stated = { position, window: list.window, count: rows.length, rowsHash: hashOfRows(rows), ...all };
    const body = defined({ ...stated, items: rows, next: cursor });
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

/** SHA-256 over the rows in canonical form (RFC 8785), one a line, in the order given. */
function hashOfRows(rows: readonly object[]): string {
  const lines = rows.map((row) => `${canonicalize(row)}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

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
