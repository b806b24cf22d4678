import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AllowAny } from '../access/allow.js';
import { callerOf } from '../access/authenticate.js';
import { defined } from '../mapping/defined.js';
import { Documented } from '../openapi/documented.js';

@ApiTags('access')
@Controller('v1/me')
export class MeController {
  /** Who the ledger takes the caller for: the subject that it writes down, which is a pseudonym. */
  @Get()
  @AllowAny()
  @Documented('getMe')
  get(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { subject, role, pipeline, expiresAt, issuer } = callerOf(request);
    const via = issuer === undefined ? 'token' : 'oidc';
    void reply.header('cache-control', 'no-store').send(defined({ subject, role, pipeline, expiresAt, via }));
  }
}
