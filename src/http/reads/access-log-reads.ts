import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { AccessLog } from '../../access-log/access-log.js';
import type { AccessPage, AccessPaging } from '../../access-log/queries.js';
import type { AccessLogQuery } from '../dto/access-log.js';
import { defined } from '../mapping/defined.js';
import { problem } from '../problems/problem.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { LIMIT_DEFAULT, many, nextPage, windowOf } from './lists.js';
import { Reads, type Exchange } from './reads.js';

/** The access log in pages, all of a list as of the entry that was the last at its first. */
@Injectable()
export class AccessLogReads {
  constructor(
    private readonly reads: Reads,
    private readonly accessLog: AccessLog,
  ) {}

  async list(exchange: Exchange, query: AccessLogQuery): Promise<void> {
    const { subject, role, method, route, path, status } = query;
    const window = windowOf(query);
    const filter = defined({
      ...many({ subject, role, method, route, path, status }),
      from: window.from ?? undefined,
      to: window.to ?? undefined,
    });
    const { position: sequence, rows, next } = await this.page(filter, pagingOf(query));
    const cursor = next === undefined ? undefined : encodeCursor({ position: sequence, after: next }, query);
    if (cursor !== undefined) exchange.reply.header('link', `<${nextPage(exchange.request.url, cursor)}>; rel="next"`);
    const body = defined({ sequence, window, items: rows, next: cursor });
    // Never to be taken from a cache without asking: who asks is logged.
    this.reads.send(exchange, body, { isPinned: false });
  }

  private async page(filter: object, paging: AccessPaging): Promise<AccessPage> {
    // An answer that has reached its reader may still have its end to tell in this turn of the event loop.
    await setImmediate();
    try {
      return await this.accessLog.page(filter, paging);
    } catch (cause) {
      throw problem('unavailable', 'The access log cannot be read. See /health/ready.', {}, { cause });
    }
  }
}

function pagingOf(query: AccessLogQuery): AccessPaging {
  const limit = query.limit === undefined ? LIMIT_DEFAULT : Number(query.limit);
  const order = query.order === 'asc' ? 'asc' : 'desc';
  if (query.cursor === undefined) return { limit, order };
  const { position, after } = decodeCursor(query.cursor, query);
  return { limit, order, position, after };
}
