import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.js';
import { callerOf } from '../access/authenticate.js';
import { invalidRequest } from '../input/read-dto.js';
import { Imports, type LineAnswer } from '../import/imports.js';
import { SealWaits, sealedIn } from '../ledger/seal-waits.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import type { Exchange } from '../reads/reads.js';

@ApiTags('imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly imports: Imports,
    private readonly seals: SealWaits,
  ) {}

  @Post()
  @Allow('admin')
  @ApiConsumes('application/x-ndjson')
  @Documented('importCommands')
  async run(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if (request.headers['idempotency-key'] !== undefined) {
      throw invalidRequest([{ field: 'Idempotency-Key', detail: 'is given on each line here, as idempotencyKey' }]);
    }
    if (!Buffer.isBuffer(request.body)) {
      throw problem('unsupported-media-type', 'Send the commands as application/x-ndjson, one a line.');
    }
    const answers = await this.imports.run(request.body, callerOf(request).subject);
    const size = await this.sealOver(answers, { request, reply });
    const text = answers.map((answer) => `${JSON.stringify(withSeal(answer, size))}\n`).join('');
    void reply.code(200).header('content-type', 'application/x-ndjson').send(Buffer.from(text));
  }

  /** One seal for all that was written, where the caller would wait for it. */
  private sealOver(answers: readonly LineAnswer[], exchange: Exchange): Promise<number | undefined> | undefined {
    const last = Math.max(-1, ...answers.map((answer) => Number(answer['position'] ?? -1)));
    return last < 0 ? undefined : this.seals.sizeOver(exchange, last);
  }
}

const withSeal = (answer: LineAnswer, size: number | undefined): LineAnswer =>
  size === undefined || typeof answer['eventId'] !== 'string'
    ? answer
    : { ...answer, sealed: sealedIn(size, answer['eventId']) };
