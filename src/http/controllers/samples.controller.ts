import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sample } from '../../reports/samples/draw.js';
import { Allow, AllowAny } from '../access/allow.js';
import { DrawSampleDto } from '../dto/changes.js';
import { ListQuery, ReadQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import { defined } from '../mapping/defined.js';
import { windowOfQuery } from '../mapping/population.js';
import { Documented } from '../openapi/documented.js';
import { Lists } from '../reads/lists.js';
import { Reads } from '../reads/reads.js';
import { Samples, type SampleFacts } from '../reads/samples.js';
import { Writes } from '../writes.js';

@ApiTags('samples')
@Controller('v1/samples')
export class SamplesController {
  constructor(
    private readonly writes: Writes,
    private readonly reads: Reads,
    private readonly lists: Lists,
    private readonly samples: Samples,
  ) {}

  @Post()
  @Allow('auditor', 'admin')
  @Documented('drawSample')
  async draw(@Body(DTO) body: DrawSampleDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.writes.inTurn(request, async () => {
      const { facts, sample } = await this.samples.draw(body, request);
      const command = { kind: 'record-sample', facts, remarks: defined({ reason: body.note }) } as const;
      await this.writes.report({ request, reply }, command, {
        body: answerOf(facts, sample),
        location: (eventId) => `/v1/samples/${eventId}`,
      });
    });
  }

  @Get()
  @AllowAny()
  @Documented('listSamples')
  async list(@Query(DTO) query: ListQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.handouts({ request, reply }, query, 'sample');
  }

  @Get(':id')
  @AllowAny()
  @Documented('getSample')
  async get(
    @Param('id') id: string,
    @Query(DTO) query: ReadQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    await this.reads.moment(query);
    const { handout, facts, sample } = await this.samples.again(pathName('uuid', 'id', id));
    const { eventId, position, recordedAt, actor } = handout;
    const handedOut = { eventId, position, recordedAt, actor };
    const populationMatches = facts.population.hash === sample.population.hash;
    this.reads.send({ request, reply }, { ...answerOf(facts, sample), populationMatches, ...handedOut }, UNPINNED);
  }
}

/** What it is drawn from may change by erasures, so it is not to be kept for ever. */
const UNPINNED = { isPinned: false };

function answerOf(facts: SampleFacts, { population, allocation, rows }: Sample): object {
  const { query, position, seed, size, stratifyBy } = facts;
  const isWhole = population.count <= size;
  const sample = defined({ seed, size, stratifyBy, query, window: windowOfQuery(query), asOf: position });
  return { ...defined({ ...sample, population, count: rows.length, isWhole, allocation }), items: rows };
}
