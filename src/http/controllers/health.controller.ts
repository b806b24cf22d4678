import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AccessLog } from '../../access-log/access-log.js';
import { Views } from '../../views/views.js';
import { NoToken } from '../access/allow.js';
import { Documented } from '../openapi/documented.js';
import { inTime } from '../reads/in-time.js';
import { StoreWatch } from '../reads/store-watch.js';
import { ViewsWatch } from '../reads/views-watch.js';

/** How long the views' database may take to say anything. */
const ANSWER_TIMEOUT_MS = 2_000;

/** How far the views may be behind the ledger and still be said to follow it: what one busy second brings. */
const LAG_MAX = 10_000;

@ApiTags('health')
@Controller(['health', 'v1/health'])
export class HealthController {
  constructor(
    private readonly views: Views,
    private readonly watch: ViewsWatch,
    private readonly accessLog: AccessLog,
    private readonly store: StoreWatch,
  ) {}

  /** The process runs and answers. */
  @Get('live')
  @NoToken({ isProbe: true })
  @Documented('live')
  live(@Res() reply: FastifyReply) {
    void reply.header('cache-control', 'no-store').send({ status: 'live' });
  }

  /** Everything that requests need is there. */
  @Get('ready')
  @NoToken({ isProbe: true })
  @Documented('ready')
  async ready(@Res() reply: FastifyReply) {
    const { position, views } = this.views.status();
    const [head, answers] = await Promise.all([this.store.head(), this.viewsAnswer()]);
    const lag = head === undefined ? undefined : Math.max(0, head - position);
    const detail = notReady(head, lag, this.watch.trouble(answers) ?? this.store.trouble());
    void reply
      .code(detail === undefined ? 200 : 503)
      .headers({ 'cache-control': 'no-store', ...(detail !== undefined && { 'retry-after': '1' }) })
      .send({
        status: detail === undefined ? 'ready' : 'not-ready',
        ...(detail && { detail }),
        head,
        position,
        lag,
        views,
        accessLog: this.accessLogStatus(),
        seals: this.store.seals(),
      });
  }

  /** One that cannot be written is told of, and does not take the server away from its readers. */
  private accessLogStatus(): object {
    const { waiting, lost, isFailing } = this.accessLog.status();
    return { status: isFailing ? 'failing' : 'writing', waiting, lost };
  }

  private async viewsAnswer(): Promise<boolean> {
    const answers = await inTime(this.views.answers(), ANSWER_TIMEOUT_MS).catch(() => false);
    return answers === true;
  }
}

function notReady(head: number | undefined, lag: number | undefined, trouble: string | undefined): string | undefined {
  if (head === undefined || lag === undefined) return 'The event store does not answer.';
  if (trouble !== undefined) return trouble;
  return lag > LAG_MAX ? `The views are ${lag} events behind the ledger and catching up.` : undefined;
}
