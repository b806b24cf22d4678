import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AllowAny } from '../access/allow.js';
import { DiffQuery, MomentQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import { Documented } from '../openapi/documented.js';
import { Diffs } from '../reads/diffs.js';
import { KnownGoodReads } from '../reads/known-good-reads.js';
import { Reads } from '../reads/reads.js';

@ApiTags('known-good')
@Controller('v1/environments/:environment')
export class KnownGoodController {
  constructor(
    private readonly reads: Reads,
    private readonly knownGood: KnownGoodReads,
    private readonly diffs: Diffs,
  ) {}

  @Get('known-good')
  @AllowAny()
  @Documented('getKnownGood')
  async get(
    @Param('environment') environment: string,
    @Query(DTO) query: MomentQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const name = pathName('environment', 'environment', environment);
    const moment = await this.reads.moment(query);
    this.reads.send({ request, reply }, await this.knownGood.at(name, moment), moment);
  }

  @Get('diff')
  @AllowAny()
  @Documented('getDiff')
  async diff(
    @Param('environment') environment: string,
    @Query(DTO) query: DiffQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const name = pathName('environment', 'environment', environment);
    const { body, isPinned } = await this.diffs.of(name, query);
    this.reads.send({ request, reply }, body, { isPinned });
  }
}
