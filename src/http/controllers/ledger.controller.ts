import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LedgerError } from '../../ledger/errors.js';
import { parseTilePath, type TileName } from '../../ledger/merkle/tiles.js';
import type { SealedLedger } from '../../ledger/sealed-ledger.js';
import { AllowAny } from '../access/allow.js';
import { ReadQuery } from '../dto/queries.js';
import { SEALED_LEDGER } from '../injection.js';
import { DTO } from '../input/dto.pipe.js';
import { Seals } from '../ledger/seals.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Reads } from '../reads/reads.js';

const PREFIX = '/v1/ledger/';

/** The log as C2SP tlog-tiles has it, with `/v1/ledger` as its prefix. */
@ApiTags('ledger')
@Controller('v1/ledger')
export class LedgerController {
  constructor(
    @Inject(SEALED_LEDGER) private readonly ledger: SealedLedger,
    private readonly seals: Seals,
    private readonly reads: Reads,
  ) {}

  @Get('checkpoint')
  @AllowAny()
  @Documented('getCheckpoint')
  async checkpoint(@Query(DTO) query: ReadQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { note, size } = await this.seals.newest(query);
    request.position = size - 1;
    this.reads.sendText({ request, reply }, { text: note, type: 'text/plain; charset=utf-8' }, { isPinned: false });
  }

  /** The address is read as it came: `%30` and `0` would otherwise be two names of one tile. */
  @Get('tile/*')
  @AllowAny()
  @ApiParam({ name: 'path', description: '<L>/<N>[.p/<W>] or entries/<N>[.p/<W>]', example: '0/x001/067' })
  @Documented('getTile')
  async tile(@Query(DTO) query: ReadQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.seals.newest(query);
    const [address = ''] = request.url.split('?', 1);
    const tile = await this.tileAt(address.startsWith(PREFIX) ? address.slice(PREFIX.length) : '');
    if (!tile) throw problem('not-found', 'There is no such tile under the newest checkpoint.');
    this.reads.sendText({ request, reply }, { text: tile, type: 'application/octet-stream' }, { isPinned: true });
  }

  private async tileAt(path: string): Promise<Buffer | undefined> {
    const { level, index, width } = tileNamed(path);
    if (index > Number.MAX_SAFE_INTEGER) return undefined;
    return level === 'entries'
      ? this.ledger.entries(Number(index), width)
      : this.ledger.tile(level, Number(index), width);
  }
}

/** @throws HttpProblem `not-found` for what names no tile at all */
function tileNamed(path: string): TileName {
  try {
    return parseTilePath(path);
  } catch (error) {
    if (error instanceof LedgerError) throw problem('not-found', `${error.message}.`, {}, { cause: error });
    throw error;
  }
}
