import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { reportLink } from '../../reports/advisory-board/links.js';
import { addressText } from '../../reports/document/address.js';
import { FORMAT_NAMES, type Format } from '../../reports/formats.js';
import { Allow, AllowAny } from '../access/allow.js';
import { callerOf } from '../access/authenticate.js';
import { ListQuery } from '../dto/queries.js';
import { IssueReportDto, ReportCheckQuery } from '../dto/report.js';
import { DTO } from '../input/dto.pipe.js';
import { idempotencyKeyOf, pathName } from '../input/request.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Lists } from '../reads/lists.js';
import { whenLeft } from '../reads/when-left.js';
import { Reports } from '../reads/reports.js';
import { Reads } from '../reads/reads.js';
import { Writes } from '../writes.js';

@ApiTags('reports')
@Controller('v1/reports')
export class ReportsController {
  constructor(
    private readonly reports: Reports,
    private readonly reads: Reads,
    private readonly lists: Lists,
    private readonly writes: Writes,
  ) {}

  /** A repeated key works at the position of its first time, so that it means the same report and gets its answer. */
  @Post()
  @Allow('auditor', 'admin')
  @Documented('issueReport')
  async issue(@Body(DTO) body: IssueReportDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.writes.inTurn(request, () => this.issueNow(body, request, reply));
  }

  @Get()
  @AllowAny()
  @Documented('listReports')
  async list(@Query(DTO) query: ListQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.reports({ request, reply }, query);
  }

  @Get('issued/:eventId')
  @AllowAny()
  @Documented('getIssuedReport')
  async issued(@Param('eventId') eventId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const moment = await this.reads.moment({});
    const found = await this.reports.issued(pathName('uuid', 'eventId', eventId));
    if (!found) throw problem('not-found', `No report was issued as event ${eventId}.`);
    this.reads.send({ request, reply }, found, moment);
  }

  @Get('check')
  @AllowAny()
  @Documented('checkReport')
  async check(@Query(DTO) { digest }: ReportCheckQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const moment = await this.reads.moment({});
    const issued = await this.reports.issuedWith(digest, moment.position);
    this.reads.send({ request, reply }, { position: moment.position, digest, issued }, moment);
  }

  private async issueNow(body: IssueReportDto, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const asOf =
      body.asOf ?? (await this.reports.earlierPosition(callerOf(request).subject, idempotencyKeyOf(request)));
    const { address } = await this.reports.addressOf({ ...body, asOf, environments: body.environments ?? [] });
    const formats = FORMAT_NAMES.filter((format) => body.formats?.includes(format) ?? true);
    const files = await this.reports.files(address, formats, whenLeft(reply));
    const digests = Object.fromEntries(files.map(({ format, digest }) => [format, digest]));
    const facts = { ...address, address: addressText(address), digests };
    const remarks = body.reason === undefined ? {} : { reason: body.reason };
    await this.writes.report(
      { request, reply },
      { kind: 'issue-report', facts, remarks },
      {
        location: (eventId) => `/v1/reports/issued/${eventId}`,
        body: { address: facts.address, digests, links: linksOf(address, formats) },
      },
    );
  }
}

const linksOf = (address: Parameters<typeof reportLink>[0], formats: readonly Format[]): Record<string, string> =>
  Object.fromEntries(formats.map((format) => [format, reportLink(address, format)]));
