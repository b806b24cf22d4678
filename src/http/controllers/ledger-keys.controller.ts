import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, AllowAny } from '../access/allow.js';
import { RotateKeyDto } from '../dto/ledger.js';
import { ReadQuery } from '../dto/queries.js';
import { DTO } from '../input/dto.pipe.js';
import { LedgerKeys } from '../ledger/keys.js';
import { Seals } from '../ledger/seals.js';
import { Documented } from '../openapi/documented.js';
import { Reads } from '../reads/reads.js';
import { Writes } from '../writes.js';

@ApiTags('ledger')
@Controller('v1/ledger/keys')
export class LedgerKeysController {
  constructor(
    private readonly keys: LedgerKeys,
    private readonly seals: Seals,
    private readonly reads: Reads,
    private readonly writes: Writes,
  ) {}

  @Get()
  @AllowAny()
  @Documented('listLedgerKeys')
  async list(@Query(DTO) query: ReadQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.seals.seen(query);
    this.reads.send({ request, reply }, this.keys.list(), { isPinned: false });
  }

  /** The statement proves the rotation; the event says who wanted it, and why. */
  @Post()
  @Allow('admin')
  @Documented('rotateLedgerKey')
  async rotate(@Body(DTO) { reason }: RotateKeyDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.writes.inTurn(request, async () => {
      const facts = await this.keys.rotate(request);
      const command = { kind: 'record-key-rotation', facts, remarks: { reason } } as const;
      const body = this.keys.named(facts);
      await this.writes.signing({ request, reply }, command, { body, location: '/v1/ledger/keys' });
    });
  }
}
