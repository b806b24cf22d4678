import { Body, Controller, Get, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Views } from '../../views/views.js';
import { Allow, AllowAny } from '../access/allow.js';
import { ChangePolicyDto, DefineEnvironmentDto } from '../dto/environment.js';
import { PositionQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { ifMatchRevision, pathName } from '../input/request.js';
import { toDefinition, toPolicyChange } from '../mapping/environment.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Reads } from '../reads/reads.js';
import { Writes } from '../writes.js';

@ApiTags('environments')
@Controller('v1/environments')
export class EnvironmentsController {
  constructor(
    private readonly writes: Writes,
    private readonly reads: Reads,
    private readonly views: Views,
  ) {}

  @Post()
  @Allow('admin')
  @Documented('defineEnvironment')
  async define(@Body(DTO) body: DefineEnvironmentDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const location = `/v1/environments/${body.name}`;
    await this.writes.environment({ request, reply, occurredAt: body.occurredAt }, toDefinition(body), { location });
  }

  @Get()
  @AllowAny()
  @Documented('listEnvironments')
  async list(@Query(DTO) query: PositionQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const moment = await this.reads.moment(query);
    const environments = await this.views.environments.list(moment.position);
    this.reads.send({ request, reply }, { position: moment.position, environments }, moment);
  }

  @Get(':environment')
  @AllowAny()
  @Documented('getEnvironment')
  async get(
    @Param('environment') environment: string,
    @Query(DTO) query: PositionQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const moment = await this.reads.moment(query);
    const found = await this.views.environments.get(environmentName(environment), moment.position);
    if (!found) throw notDefined(environment, moment.position);
    this.reads.send({ request, reply }, { position: moment.position, ...found }, moment);
  }

  @Put(':environment/policy')
  @Allow('admin')
  @Documented('changePolicy')
  async changePolicy(
    @Param('environment') environment: string,
    @Body(DTO) body: ChangePolicyDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toPolicyChange(environmentName(environment), body, ifMatchRevision(request));
    await this.writes.environment({ request, reply, occurredAt: body.occurredAt }, command, { etag: 'revision' });
  }

  /** The ETag is the policy's revision, which is what `If-Match` of a change has to name. */
  @Get(':environment/policy')
  @AllowAny()
  @Documented('getPolicy')
  async getPolicy(
    @Param('environment') environment: string,
    @Query(DTO) query: PositionQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const moment = await this.reads.moment(query);
    const policy = await this.views.environments.policyAt(environmentName(environment), moment.position);
    if (!policy) throw notDefined(environment, moment.position);
    this.reads.send({ request, reply }, { environment, ...policy }, moment, `"${policy.revision}"`);
  }
}

const environmentName = (name: string): string => pathName('environment', 'environment', name);

const notDefined = (environment: string, position: number): Error =>
  problem('not-found', `No environment ${environment} was defined by position ${position}.`);
