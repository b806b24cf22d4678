import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { NoToken } from '../access/allow.js';
import { OpenApiDocument } from '../openapi/document.js';

@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @NoToken()
  get(@Res() reply: FastifyReply) {
    void reply.header('content-type', 'application/json; charset=utf-8').send(this.document.text());
  }
}
