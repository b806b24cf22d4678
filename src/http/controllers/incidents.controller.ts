import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { eventIdFor, newEventId } from '../../commands/event-id.js';
import { Views } from '../../views/views.js';
import { Allow, AllowAny } from '../access/allow.js';
import { callerOf } from '../access/authenticate.js';
import { ReportIncidentDto, ResolveIncidentDto } from '../dto/incident.js';
import { IncidentsQuery, PositionQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { idempotencyKeyOf, pathName } from '../input/request.js';
import { toIncidentReport, toIncidentResolution } from '../mapping/incident.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Lists } from '../reads/lists.js';
import { Reads } from '../reads/reads.js';
import { Writes } from '../writes.js';

@ApiTags('incidents')
@Controller('v1/incidents')
export class IncidentsController {
  constructor(
    private readonly writes: Writes,
    private readonly reads: Reads,
    private readonly lists: Lists,
    private readonly views: Views,
  ) {}

  @Post()
  @Allow('pipeline', 'approver')
  @Documented('reportIncident')
  async report(@Body(DTO) body: ReportIncidentDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const id = body.id ?? newIncidentId(request);
    const call = { request, reply, occurredAt: body.occurredAt };
    await this.writes.incident(call, toIncidentReport(id, body), { location: `/v1/incidents/${id}`, body: { id } });
  }

  @Post(':id/resolution')
  @Allow('pipeline', 'approver')
  @Documented('resolveIncident')
  async resolve(
    @Param('id') id: string,
    @Body(DTO) body: ResolveIncidentDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toIncidentResolution(pathName('pipeline', 'id', id), body);
    await this.writes.incident({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Get()
  @AllowAny()
  @Documented('listIncidents')
  async list(@Query(DTO) query: IncidentsQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.incidents({ request, reply }, query);
  }

  @Get(':id')
  @AllowAny()
  @Documented('getIncident')
  async get(
    @Param('id') id: string,
    @Query(DTO) query: PositionQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const moment = await this.reads.moment(query);
    const incident = await this.views.incidents.get(pathName('pipeline', 'id', id), moment.position);
    if (!incident) throw problem('not-found', `There was no incident ${id} by position ${moment.position}.`);
    this.reads.send({ request, reply }, { position: moment.position, ...incident }, moment);
  }
}

/** The same for a repeated request, so that its answer is the same. */
function newIncidentId(request: FastifyRequest): string {
  const key = idempotencyKeyOf(request);
  return key === undefined ? newEventId() : eventIdFor(callerOf(request).subject, key);
}
