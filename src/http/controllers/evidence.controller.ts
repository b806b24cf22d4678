import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.js';
import { StartEvidenceDto } from '../dto/evidence.js';
import { ExportAnswers } from '../exports/answers.js';
import { EvidenceRequests } from '../exports/evidence-requests.js';
import { DTO } from '../input/dto.pipe.js';
import { Documented } from '../openapi/documented.js';

/** Starts a package; from then on it is an export as any other, under `/v1/exports`. */
@ApiTags('exports')
@Controller('v1/evidence')
export class EvidenceController {
  constructor(
    private readonly requests: EvidenceRequests,
    private readonly answers: ExportAnswers,
  ) {}

  @Post()
  @Allow('auditor', 'admin')
  @Documented('startEvidence')
  async start(@Body(DTO) body: StartEvidenceDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.answers.started({ request, reply }, () => this.requests.start(body, request));
  }
}
