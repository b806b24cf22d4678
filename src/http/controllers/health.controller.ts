import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AccessLog } from '../../access-log/access-log.js';
import type { EventReader } from '../../event-store/port.js';
import { Views } from '../../views/views.js';
import { NoToken } from '../access/allow.js';
import { EVENT_STORE } from '../injection.js';
import { Documented } from '../openapi/documented.js';
import { ViewsWatch } from '../reads/views-watch.js';

/** How long the event store may take to say where it is, and the views' database to say anything. */
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
    @Inject(EVENT_STORE) private readonly events: EventReader,
  ) {}

  /** The process runs and answers. */
  @Get('live')
  @NoToken()
  @Documented('live')
  live(@Res() reply: FastifyReply) {
    void reply.header('cache-control', 'no-store').send({ status: 'live' });
  }

  /** Everything that requests need is there. */
  @Get('ready')
  @NoToken()
  @Documented('ready')
  async ready(@Res() reply: FastifyReply) {
    const { position, views } = this.views.status();
    const [head, answers] = await Promise.all([inTime(this.events.head()), inTime(this.views.answers())]);
    const lag = head === undefined ? undefined : Math.max(0, head - position);
    const detail = notReady(head, lag, this.watch.trouble(answers === true));
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
      });
  }

  /** One that cannot be written is told of, and does not take the server away from its readers. */
  private accessLogStatus(): object {
    const { waiting, lost, isFailing } = this.accessLog.status();
    return { status: isFailing ? 'failing' : 'writing', waiting, lost };
  }
}

/** What is answered in time; nothing when it is late, or a failure. */
async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function notReady(head: number | undefined, lag: number | undefined, trouble: string | undefined): string | undefined {
  if (head === undefined || lag === undefined) return 'The event store does not answer.';
  if (trouble !== undefined) return trouble;
  return lag > LAG_MAX ? `The views are ${lag} events behind the ledger and catching up.` : undefined;
}
