import { Body, Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { eventIdFor, newEventId } from '../../commands/event-id.js';
import type { AccessCommand } from '../../domain/access/commands.js';
import type { TokenGrant } from '../../domain/access/events.js';
import { AccessLog } from '../../access-log/access-log.js';
import { Allow } from '../access/allow.js';
import { bearerOf, callerOf } from '../access/authenticate.js';
import { hashOf, newToken, TokenDirectory, tokenFrom } from '../access/token-directory.js';
import { IssueTokenDto } from '../dto/access.js';
import { DTO } from '../input/dto.pipe.js';
import { invalidRequest } from '../input/read-dto.js';
import { idempotencyKeyOf, pathName } from '../input/request.js';
import { normaliseTime } from '../input/time.js';
import { defined } from '../mapping/defined.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';
import { Writes } from '../writes.js';

@ApiTags('tokens')
@Controller('v1/tokens')
export class TokensController {
  constructor(
    private readonly writes: Writes,
    private readonly tokens: TokenDirectory,
    private readonly accessLog: AccessLog,
  ) {}

  @Post()
  @Allow('admin')
  @Documented('issueToken')
  async issue(@Body(DTO) body: IssueTokenDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    checkRole(body);
    const { token, id } = tokenFor(request);
    const { subject, role, pipeline, reason } = body;
    const grant: TokenGrant = {
      ...defined({ id, subject, role, pipeline, expiresAt: futureTime(body.expiresAt) }),
      hash: hashOf(token),
    };
    const command: AccessCommand = { kind: 'issue-token', subject, grant, remarks: defined({ reason }) };
    const call = { request, reply, occurredAt: body.occurredAt };
    const accepted = await this.writes.access(call, command);
    // A repeated answer may be of a token that was revoked since, so it must not come back to life.
    if (!accepted.repeated) {
      this.tokens.apply({ type: 'TokenIssued.v1', data: grant }, accepted.receipt.recordedAt);
    }
    const { hash: _kept, ...shown } = grant;
    await this.writes.sendReceipt(call, accepted, { body: { ...shown, token } });
  }

  @Get()
  @Allow('admin')
  @Documented('listTokens')
  list() {
    const tokens = this.tokens.list().map(({ hash: _kept, ...shown }) => {
      return defined({ ...shown, lastUsedAt: this.accessLog.lastUsedAt(shown.id) });
    });
    return { tokens };
  }

  @Delete(':id')
  @Allow('admin')
  @Documented('revokeToken')
  async revoke(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const subject = this.tokens.subjectOf(pathName('uuid', 'id', id));
    if (subject === undefined) throw problem('not-found', `There is no token ${id}.`);
    const call = { request, reply };
    const accepted = await this.writes.access(call, { kind: 'revoke-token', subject, id, remarks: {} });
    this.tokens.apply({ type: 'TokenRevoked.v1', data: { id, subject } }, accepted.receipt.recordedAt);
    await this.writes.sendReceipt(call, accepted);
  }
}

/**
 * A random token; or, so that a repeated request gets the same answer although no token is kept anywhere, one that
 * only the bearer of the admin's token and the key can work out.
 */
function tokenFor(request: FastifyRequest): { token: string; id: string } {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return { token: newToken(), id: newEventId() };
  const { subject, issuer } = callerOf(request);
  // A token that has expired is thought harmless, and what follows from it would not be; nor is the next one the same.
  if (issuer !== undefined) throw invalidRequest([{ field: 'Idempotency-Key', detail: FOREIGN }]);
  const secret = bearerOf(request.headers.authorization);
  const token = tokenFrom(createHmac('sha256', secret).update(`cairn token\n${key}`).digest());
  return { token, id: eventIdFor(subject, key) };
}

const FOREIGN = 'goes here with a token that Cairn issued: leave it out, or use such a one';

function checkRole({ role, pipeline }: IssueTokenDto): void {
  if (role === 'pipeline' && pipeline === undefined) {
    throw invalidRequest([{ field: 'pipeline', detail: 'is missing: a token of the role pipeline speaks for one' }]);
  }
  if (role !== 'pipeline' && pipeline !== undefined) {
    throw invalidRequest([{ field: 'pipeline', detail: `is only for the role pipeline, not for ${role}` }]);
  }
}

function futureTime(expiresAt: string | undefined): string | undefined {
  const utc = expiresAt && normaliseTime(expiresAt);
  if (utc && Date.parse(utc) <= Date.now()) {
    throw invalidRequest([{ field: 'expiresAt', detail: 'must be in the future' }]);
  }
  return utc;
}
