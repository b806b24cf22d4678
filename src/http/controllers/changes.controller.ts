import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Views } from '../../views/views.js';
import { AllowAny } from '../access/allow.js';
import { ChangesQuery } from '../dto/changes.js';
import { PositionQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Lists } from '../reads/lists.js';
import { Reads } from '../reads/reads.js';

@ApiTags('changes')
@Controller('v1/changes')
export class ChangesController {
  constructor(
    private readonly reads: Reads,
    private readonly lists: Lists,
    private readonly views: Views,
  ) {}

  @Get()
  @AllowAny()
  @Documented('listChanges')
  async list(@Query(DTO) query: ChangesQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.changes({ request, reply }, query);
  }

  @Get(':changeId')
  @AllowAny()
  @Documented('getChange')
  async get(
    @Param('changeId') changeId: string,
    @Query(DTO) query: PositionQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const moment = await this.reads.moment(query);
    const change = await this.views.changes.get(pathName('uuid', 'changeId', changeId), moment.position);
    if (!change) throw problem('not-found', `There was no change ${changeId} by position ${moment.position}.`);
    this.reads.send({ request, reply }, { position: moment.position, ...change }, moment);
  }
}
