import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AllowAny } from '../access/allow.js';
import { SearchQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { invalidRequest } from '../input/read-dto.js';
import { Documented } from '../openapi/documented.js';
import { Reads } from '../reads/reads.js';
import { Searches } from '../search/searches.js';

const LIMIT_DEFAULT = 10;

@ApiTags('search')
@Controller('v1/search')
export class SearchController {
  constructor(
    private readonly reads: Reads,
    private readonly searches: Searches,
  ) {}

  @Get()
  @AllowAny()
  @Documented('search')
  async search(@Query(DTO) query: SearchQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const text = query.q.trim();
    if (text === '') throw invalidRequest([{ field: 'q', detail: 'must be more than spaces' }]);
    const moment = await this.reads.moment(query);
    const { position } = moment;
    const limit = query.limit === undefined ? LIMIT_DEFAULT : Number(query.limit);
    const groups = await this.searches.find(text, { position, limit });
    this.reads.send({ request, reply }, { position, q: text, limit, groups }, moment);
  }
}
