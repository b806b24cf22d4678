import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AllowAny } from '../access/allow.js';
import { ExceptionsQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { Documented } from '../openapi/documented.js';
import { Lists } from '../reads/lists.js';

@ApiTags('exceptions')
@Controller('v1/exceptions')
export class ExceptionsController {
  constructor(private readonly lists: Lists) {}

  @Get()
  @AllowAny()
  @Documented('listExceptions')
  async list(@Query(DTO) query: ExceptionsQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.exceptions({ request, reply }, query);
  }
}
