import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FIGURE_IDS, type FigurePart } from '../../reports/advisory-board/figure-ids.js';
import { AllowAny } from '../access/allow.js';
import { FigureQuery, ReportQuery } from '../dto/report.js';
import { DTO } from '../input/dto.pipe.js';
import { defined } from '../mapping/defined.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { decodeCursor, encodeCursor } from '../reads/cursor.js';
import { formatFor, sendFile } from '../reads/report-file.js';
import { whenLeft } from '../reads/when-left.js';
import { Reports } from '../reads/reports.js';
import { Reads } from '../reads/reads.js';

const LIMIT_DEFAULT = 50;

@ApiTags('reports')
@Controller('v1/reports/advisory-board')
export class AdvisoryBoardController {
  constructor(
    private readonly reports: Reports,
    private readonly reads: Reads,
  ) {}

  @Get()
  @AllowAny()
  @Documented('getAdvisoryBoardReport')
  async get(@Query(DTO) query: ReportQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const format = formatFor(request, query.format);
    const { address, isPinned } = await this.reports.addressOf({ ...query, environments: listOf(query.environment) });
    const [file] = await this.reports.files(address, [format], whenLeft(reply));
    if (!file) throw new Error(`no ${format} was made`);
    sendFile({ request, reply }, { file, address, isPinned });
  }

  @Get('figures/:figure')
  @AllowAny()
  @Documented('getAdvisoryBoardFigure')
  async figure(
    @Param('figure') name: string,
    @Query(DTO) query: FigureQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const figure = FIGURE_IDS.find((id) => id === name);
    if (!figure) throw problem('not-found', `There is no figure of this name. There are ${FIGURE_IDS.join(', ')}.`);
    const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, { ...query, figure });
    const wanted = { ...query, ...(cursor && { asOf: String(cursor.position) }) };
    const { address, isPinned } = await this.reports.addressOf({ ...wanted, environments: listOf(query.environment) });
    const [offset, limit] = [cursor?.after ?? 0, Number(query.limit ?? LIMIT_DEFAULT)];
    const part = (query.part ?? 'counted') as FigurePart;
    const reason = query.reason;
    const page = await this.reports.figure({ address, figure, part, offset, limit, ...(reason && { reason }) });
    const end = offset + page.rows.length;
    const { position } = address;
    const next = end < page.total ? encodeCursor({ position, after: end }, { ...query, figure }) : undefined;
    if (next !== undefined) reply.header('link', `<${withCursor(request.url, next)}>; rel="next"`);
    const { definitions } = address;
    const about = { definitions, figure, part, reason, environments: address.environments };
    const window = { from: address.from, to: address.to, clock: 'occurred' };
    const body = defined({ position, window, ...about, total: page.total, items: page.rows, next });
    this.reads.send({ request, reply }, body, { isPinned });
  }
}

const listOf = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat());

function withCursor(url: string, cursor: string): string {
  const next = new URL(url, 'http://cairn');
  next.searchParams.set('cursor', cursor);
  return `${next.pathname}${next.search}`;
}
