import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.js';
import { callerOf } from '../access/authenticate.js';
import { invalidRequest } from '../input/read-dto.js';
import { Imports } from '../import/imports.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';

@ApiTags('imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(private readonly imports: Imports) {}

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
    const text = answers.map((answer) => `${JSON.stringify(answer)}\n`).join('');
    void reply.code(200).header('content-type', 'application/x-ndjson').send(Buffer.from(text));
  }
}
