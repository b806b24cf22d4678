import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { preferredWaitMs } from '../input/request.js';
import { EXPORT_WAIT_MAX_MS, EXPORT_WAIT_MS } from '../limits.js';
import type { Exchange } from '../reads/reads.js';
import { describeExport } from './describe.js';
import { Exports } from './exports.js';
import type { ExportRecord } from './record.js';

interface Started {
  readonly record: ExportRecord;
  readonly repeated: boolean;
}

/** Answers with an export as it is now. */
@Injectable()
export class ExportAnswers {
  constructor(@Inject(Exports) private readonly exports: Exports) {}

  /** Starts one and waits for its end, as long as the caller would. */
  async started({ request, reply }: Exchange, start: () => Promise<Started>): Promise<void> {
    const { waitMs, applied } = preferredWaitMs(request, { usualMs: EXPORT_WAIT_MS, maxMs: EXPORT_WAIT_MAX_MS });
    const { record, repeated } = await start();
    await this.exports.waitFor(record.id, waitMs);
    const now = this.exports.get(record.id) ?? record;
    if (repeated) reply.header('idempotent-replayed', 'true');
    if (applied) reply.header('preference-applied', applied);
    reply.header('location', `/v1/exports/${record.id}`);
    this.send(reply.code(now.status === 'done' ? 201 : 202), now);
  }

  send(reply: FastifyReply, record: ExportRecord): void {
    reply.headers({ 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' });
    void reply.send(JSON.stringify(describeExport(record, this.exports.progressOf(record.id))));
  }
}
