import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AllowAny } from '../access/allow.js';
import { ConsistencyQuery, InclusionQuery } from '../dto/ledger.js';
import { ReadQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName, preferredWaitMs } from '../input/request.js';
import { Proofs } from '../ledger/proofs.js';
import { SEAL_WAIT_MAX_MS, SEAL_WAIT_MS } from '../limits.js';
import { Documented } from '../openapi/documented.js';
import { Reads } from '../reads/reads.js';

/** Proofs for who does not work them out from the tiles. */
@ApiTags('ledger')
@Controller('v1')
export class ProofsController {
  constructor(
    private readonly proofs: Proofs,
    private readonly reads: Reads,
  ) {}

  @Get('ledger/proof/inclusion')
  @AllowAny()
  @Documented('proveInclusion')
  async inclusion(@Query(DTO) query: InclusionQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { body, isPinned } = await this.proofs.inclusion(query);
    this.reads.send({ request, reply }, body, { isPinned });
  }

  @Get('ledger/proof/consistency')
  @AllowAny()
  @Documented('proveConsistency')
  async consistency(@Query(DTO) query: ConsistencyQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { body, isPinned } = await this.proofs.consistency(query);
    this.reads.send({ request, reply }, body, { isPinned });
  }

  /** Named as C2SP tlog-proof would have it kept. */
  @Get('events/:id/receipt')
  @AllowAny()
  @Documented('getEventReceipt')
  async receipt(
    @Param('id') id: string,
    @Query(DTO) query: ReadQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const eventId = pathName('uuid', 'id', id);
    const { waitMs, applied } = preferredWaitMs(request, { usualMs: SEAL_WAIT_MS, maxMs: SEAL_WAIT_MAX_MS });
    if (applied !== undefined) reply.header('preference-applied', applied);
    const { text, position } = await this.proofs.receipt(eventId, query, waitMs);
    request.position = position;
    reply.header('content-disposition', `inline; filename="${eventId}.tlog-proof"`);
    this.reads.sendText({ request, reply }, { text, type: 'text/plain; charset=utf-8' }, { isPinned: false });
  }
}
