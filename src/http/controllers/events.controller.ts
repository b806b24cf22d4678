import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventReader } from '../../event-store/port.js';
import { AllowAny } from '../access/allow.js';
import { EventsQuery, ReadQuery } from '../dto/queries.js';
import { EVENT_STORE } from '../injection.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { decodeEvent } from '../reads/decode-event.js';
import { Lists } from '../reads/lists.js';
import { Reads } from '../reads/reads.js';

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly reads: Reads,
    private readonly lists: Lists,
    @Inject(EVENT_STORE) private readonly events: EventReader,
  ) {}

  @Get()
  @AllowAny()
  @Documented('listEvents')
  async list(@Query(DTO) query: EventsQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.events({ request, reply }, query);
  }

  /** Read from the ledger itself, so it is there as soon as its receipt is. */
  @Get(':id')
  @AllowAny()
  @Documented('getEvent')
  async get(
    @Param('id') id: string,
    @Query(DTO) query: ReadQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    if (query.minPosition !== undefined) await this.reads.moment(query);
    const event = await this.events.findById(pathName('uuid', 'id', id));
    if (!event) throw problem('not-found', `There is no event ${id}.`);
    this.reads.send({ request, reply }, decodeEvent(event), { isPinned: false });
  }
}
