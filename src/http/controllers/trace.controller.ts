import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { traceArtifact, traceCommit } from '../../reports/trace/trace.js';
import { Views } from '../../views/views.js';
import { AllowAny } from '../access/allow.js';
import { CommitTraceQuery, PositionQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Reads } from '../reads/reads.js';

/** Both ways between a commit and what runs. */
@ApiTags('trace')
@Controller('v1/trace')
export class TraceController {
  constructor(
    private readonly reads: Reads,
    private readonly views: Views,
  ) {}

  @Get('commits/:commit')
  @AllowAny()
  @Documented('traceCommit')
  async commit(
    @Param('commit') given: string,
    @Query(DTO) query: CommitTraceQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const moment = await this.reads.moment(query);
    const { position } = moment;
    const commit = pathName('label', 'commit', given);
    const { repository } = query;
    const trace = await traceCommit(this.views, { commit, ...(repository !== undefined && { repository }) }, position);
    if (!trace) throw problem('not-found', `No pipeline had baked anything from ${commit} by position ${position}.`);
    this.reads.send({ request, reply }, { position, ...trace }, moment);
  }

  @Get('artifacts/:digest')
  @AllowAny()
  @Documented('traceArtifact')
  async artifact(
    @Param('digest') given: string,
    @Query(DTO) query: PositionQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const moment = await this.reads.moment(query);
    const { position } = moment;
    const digest = pathName('digest', 'digest', given);
    const trace = await traceArtifact(this.views, digest, position);
    if (!trace) throw problem('not-found', `No pipeline had baked ${digest} by position ${position}.`);
    this.reads.send({ request, reply }, { position, ...trace }, moment);
  }
}
