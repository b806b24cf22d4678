import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.js';
import { StartExportDto } from '../dto/changes.js';
import { ListQuery } from '../dto/queries.js';
import { sendContent } from '../exports/content.js';
import { ExportAnswers } from '../exports/answers.js';
import { manifestText } from '../exports/describe.js';
import { Exports } from '../exports/exports.js';
import { fileNameOf, MEDIA_TYPES, type ExportRecord } from '../exports/record.js';
import { ExportRequests } from '../exports/requests.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Lists } from '../reads/lists.js';

@ApiTags('exports')
@Controller('v1/exports')
export class ExportsController {
  constructor(
    private readonly requests: ExportRequests,
    private readonly exports: Exports,
    private readonly answers: ExportAnswers,
    private readonly lists: Lists,
  ) {}

  @Post()
  @Allow('auditor', 'admin')
  @Documented('startExport')
  async start(@Body(DTO) body: StartExportDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.answers.started({ request, reply }, () => this.requests.start(body, request));
  }

  @Get()
  @Allow('auditor', 'admin')
  @Documented('listExports')
  async list(@Query(DTO) query: ListQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.lists.handouts({ request, reply }, query, 'export');
  }

  @Get(':id')
  @Allow('auditor', 'admin')
  @Documented('getExport')
  get(@Param('id') id: string, @Res() reply: FastifyReply) {
    this.answers.send(reply, this.known(id));
  }

  @Get(':id/content')
  @Allow('auditor', 'admin')
  @ApiProduces('application/octet-stream')
  @Documented('getExportContent')
  content(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { record, result } = this.done(id);
    const path = this.exports.fileOf(record);
    if (path === undefined) throw gone(id);
    const { bytes, digest } = result;
    sendContent(request, reply, {
      path,
      bytes,
      digest,
      name: fileNameOf(record),
      mediaType: MEDIA_TYPES[record.format],
    });
  }

  @Get(':id/manifest')
  @Allow('auditor', 'admin')
  @Documented('getExportManifest')
  manifest(@Param('id') id: string, @Res() reply: FastifyReply) {
    const { record } = this.done(id);
    reply.header('content-type', 'text/plain; charset=utf-8').send(manifestText(record));
  }

  private known(id: string): ExportRecord {
    const record = this.exports.get(pathName('uuid', 'id', id));
    if (record) return record;
    throw gone(id);
  }

  /** Nothing is handed out before the ledger has it. */
  private done(id: string): { record: ExportRecord; result: NonNullable<ExportRecord['result']> } {
    const record = this.known(id);
    if (record.status === 'done' && record.result) return { record, result: record.result };
    const why = record.status === 'failed' ? 'has failed' : `is ${record.status}`;
    throw problem('not-ready', `Export ${id} ${why}. See /v1/exports/${id}.`);
  }
}

const gone = (id: string) =>
  problem('not-found', `There is no export ${id}, or its file was removed. Ask for it again.`);
