import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventReader } from '../../event-store/port.js';
import { readDossier } from '../../reports/dossier/dossier.js';
import { renderDossier } from '../../reports/dossier/html/render-dossier.js';
import { Views } from '../../views/views.js';
import { AllowAny } from '../access/allow.js';
import { ChangesQuery } from '../dto/changes.js';
import { PositionQuery } from '../dto/queries.js';
import { EVENT_STORE } from '../injection.js';
import { prefersHtml } from '../input/accept.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Lists } from '../reads/lists.js';
import { Reads } from '../reads/reads.js';

/** The page loads nothing and runs nothing; this says so once more, where no meta element can. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

@ApiTags('changes')
@Controller('v1/changes')
export class ChangesController {
  constructor(
    private readonly reads: Reads,
    private readonly lists: Lists,
    private readonly views: Views,
    @Inject(EVENT_STORE) private readonly events: EventReader,
  ) {}

  @Get()
  @AllowAny()
  @Documented('listChanges')
  async list(@Query(DTO) query: ChangesQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.changes({ request, reply }, query);
  }

  /** The dossier, as JSON or, to a browser, as a page. */
  @Get(':changeId')
  @AllowAny()
  @Documented('getChange')
  async get(
    @Param('changeId') changeId: string,
    @Query(DTO) query: PositionQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const id = pathName('uuid', 'changeId', changeId);
    const moment = await this.reads.moment(query);
    const { position } = moment;
    const dossier = await readDossier(id, position, { views: this.views, events: this.events });
    if (!dossier) throw problem('not-found', `There was no change ${id} by position ${position}.`);
    reply.header('vary', 'Accept');
    if (!prefersHtml(request.headers.accept)) return this.reads.send({ request, reply }, dossier, moment);
    reply.header('content-security-policy', PAGE_POLICY);
    this.reads.sendText({ request, reply }, { text: renderDossier(dossier), type: 'text/html; charset=utf-8' }, moment);
  }
}
