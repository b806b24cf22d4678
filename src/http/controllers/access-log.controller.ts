import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.js';
import { AccessLogQuery } from '../dto/access-log.js';
import { DTO } from '../input/dto.pipe.js';
import { Documented } from '../openapi/documented.js';
import { AccessLogReads } from '../reads/access-log-reads.js';

@ApiTags('access-log')
@Controller('v1/access-log')
export class AccessLogController {
  constructor(private readonly reads: AccessLogReads) {}

  @Get()
  @Allow('admin')
  @Documented('listAccess')
  async list(@Query(DTO) query: AccessLogQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.reads.list({ request, reply }, query);
  }
}
