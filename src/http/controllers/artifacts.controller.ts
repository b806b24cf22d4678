import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Views } from '../../views/views.js';
import { Allow, AllowAny } from '../access/allow.js';
import { AttestDto, BakeDto, RevokeDto } from '../dto/artifact.js';
import { ArtifactsQuery, PositionQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import { toAttestation, toBake, toRevocation } from '../mapping/artifact.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Lists } from '../reads/lists.js';
import { Reads } from '../reads/reads.js';
import { Writes } from '../writes.js';

@ApiTags('artifacts')
@Controller('v1/artifacts')
export class ArtifactsController {
  constructor(
    private readonly writes: Writes,
    private readonly reads: Reads,
    private readonly lists: Lists,
    private readonly views: Views,
  ) {}

  @Post()
  @Allow('pipeline')
  @Documented('bakeArtifact')
  async bake(@Body(DTO) body: BakeDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const location = `/v1/artifacts/${body.digest}`;
    await this.writes.artifact({ request, reply, occurredAt: body.occurredAt }, toBake(body), { location });
  }

  @Post(':digest/attestations')
  @Allow('pipeline')
  @Documented('attestArtifact')
  async attest(
    @Param('digest') digest: string,
    @Body(DTO) body: AttestDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toAttestation(pathName('digest', 'digest', digest), body);
    await this.writes.artifact({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post(':digest/revocation')
  @Allow('admin', 'approver')
  @Documented('revokeArtifact')
  async revoke(
    @Param('digest') digest: string,
    @Body(DTO) body: RevokeDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toRevocation(pathName('digest', 'digest', digest), body);
    await this.writes.artifact({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Get()
  @AllowAny()
  @Documented('listArtifacts')
  async list(@Query(DTO) query: ArtifactsQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.artifacts({ request, reply }, query);
  }

  @Get(':digest')
  @AllowAny()
  @Documented('getArtifact')
  async get(
    @Param('digest') digest: string,
    @Query(DTO) query: PositionQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const moment = await this.reads.moment(query);
    const { position } = moment;
    const artifact = await this.views.artifacts.get(pathName('digest', 'digest', digest), position);
    if (!artifact) throw problem('not-found', `No pipeline had baked ${digest} by position ${position}.`);
    const whereabouts = await this.views.knownGood.whereabouts(digest, position);
    const { position: bakedPosition, ...facts } = artifact;
    this.reads.send({ request, reply }, { position, bakedPosition, ...facts, whereabouts }, moment);
  }
}
