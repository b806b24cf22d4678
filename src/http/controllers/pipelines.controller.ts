import { Body, Controller, Get, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PipelineCommand } from '../../domain/pipeline/commands.js';
import { Views } from '../../views/views.js';
import { Allow, AllowAny } from '../access/allow.js';
import { PipelinesByClaims } from '../access/oidc/pipelines-by-claims.js';
import {
  AddKeyDto,
  ChangePipelineDto,
  KeyPath,
  RegisterPipelineDto,
  ReinstatePipelineDto,
  RevokeKeyDto,
  SuspendPipelineDto,
} from '../dto/pipeline.js';
import { PositionQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { invalidRequest } from '../input/read-dto.js';
import { pathName } from '../input/request.js';
import {
  toFirstRegistration,
  toKey,
  toKeyRevocation,
  toRegistration,
  toReinstatement,
  toSuspension,
} from '../mapping/pipeline.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Reads } from '../reads/reads.js';
import { Writes, type Call, type Extras } from '../writes.js';

@ApiTags('pipelines')
@Controller('v1/pipelines')
export class PipelinesController {
  constructor(
    private readonly writes: Writes,
    private readonly reads: Reads,
    private readonly views: Views,
    private readonly byClaims: PipelinesByClaims,
  ) {}

  @Post()
  @Allow('admin')
  @Documented('registerPipeline')
  async register(@Body(DTO) body: RegisterPipelineDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    this.checkIssuer(body);
    const command = toFirstRegistration(body);
    const location = `/v1/pipelines/${body.id}`;
    await this.answer({ request, reply, occurredAt: body.occurredAt }, command, { location });
  }

  @Put(':id')
  @Allow('admin')
  @Documented('changePipeline')
  async change(
    @Param('id') id: string,
    @Body(DTO) body: ChangePipelineDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    this.checkIssuer(body);
    const command = toRegistration(pathName('pipeline', 'id', id), body);
    await this.answer({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post(':id/keys')
  @Allow('admin')
  @Documented('addPipelineKey')
  async addKey(
    @Param('id') id: string,
    @Body(DTO) body: AddKeyDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toKey(pathName('pipeline', 'id', id), body);
    const extras = { location: `/v1/pipelines/${id}`, body: { keyId: command.key.keyId } };
    await this.answer({ request, reply, occurredAt: body.occurredAt }, command, extras);
  }

  @Post(':id/keys/:keyId/revocation')
  @Allow('admin')
  @Documented('revokePipelineKey')
  async revokeKey(
    @Param(DTO) { id, keyId }: KeyPath,
    @Body(DTO) body: RevokeKeyDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toKeyRevocation(id, keyId, body);
    await this.answer({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post(':id/suspension')
  @Allow('admin')
  @Documented('suspendPipeline')
  async suspend(
    @Param('id') id: string,
    @Body(DTO) body: SuspendPipelineDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toSuspension(pathName('pipeline', 'id', id), body);
    await this.answer({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post(':id/reinstatement')
  @Allow('admin')
  @Documented('reinstatePipeline')
  async reinstate(
    @Param('id') id: string,
    @Body(DTO) body: ReinstatePipelineDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toReinstatement(pathName('pipeline', 'id', id), body);
    await this.answer({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Get()
  @AllowAny()
  @Documented('listPipelines')
  async list(@Query(DTO) query: PositionQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const moment = await this.reads.moment(query);
    const pipelines = await this.views.pipelines.list(moment.position);
    this.reads.send({ request, reply }, { position: moment.position, pipelines }, moment);
  }

  @Get(':id')
  @AllowAny()
  @Documented('getPipeline')
  async get(
    @Param('id') id: string,
    @Query(DTO) query: PositionQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const moment = await this.reads.moment(query);
    const pipeline = await this.views.pipelines.get(pathName('pipeline', 'id', id), moment.position);
    if (!pipeline) throw problem('not-found', `No pipeline ${id} was registered by position ${moment.position}.`);
    this.reads.send({ request, reply }, { position: moment.position, ...pipeline }, moment);
  }

  private async answer(call: Call, command: PipelineCommand, extras?: Extras): Promise<void> {
    const accepted = await this.writes.pipeline(call, command);
    this.byClaims.apply(accepted.type, accepted.data, accepted.receipt.revision);
    await this.writes.sendReceipt(call, accepted, extras);
  }

  /** Whom nobody trusts nobody comes in with. An import may tell of one that was trusted in its day. */
  private checkIssuer({ oidc }: ChangePipelineDto): void {
    const { issuers } = this.byClaims;
    if (!oidc || issuers.has(oidc.issuer)) return;
    const trusted = issuers.size === 0 ? 'no issuer is (CAIRN_OIDC_ISSUERS)' : `which are ${[...issuers].join(', ')}`;
    throw invalidRequest([{ field: 'oidc.issuer', detail: `must be one that this server trusts: ${trusted}` }]);
  }
}
