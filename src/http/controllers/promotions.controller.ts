import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.js';
import {
  AbandonDto,
  OpenChangePath,
  PromoteDto,
  RetireDto,
  RollBackDto,
  SwitchDto,
  ValidateDto,
} from '../dto/change.js';
import { DTO } from '../input/dto.pipe.js';
import { pathName } from '../input/request.js';
import {
  toAbandonment,
  toPromotion,
  toRetirement,
  toRollBack,
  toSwitch,
  toValidation,
} from '../mapping/environment.js';
import { Documented } from '../openapi/documented.js';
import { Writes } from '../writes.js';

/** Everything that changes what runs in an environment. */
@ApiTags('changes')
@Controller('v1/environments/:environment')
export class PromotionsController {
  constructor(private readonly writes: Writes) {}

  @Post('promotions')
  @Allow('pipeline')
  @Documented('promote')
  async promote(
    @Param('environment') environment: string,
    @Body(DTO) body: PromoteDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toPromotion(environmentName(environment), body);
    await this.writes.environment({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post('promotions/:changeId/validation')
  @Allow('pipeline')
  @Documented('validateCandidate')
  async validate(
    @Param(DTO) path: OpenChangePath,
    @Body(DTO) body: ValidateDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toValidation(path, body);
    await this.writes.environment({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post('promotions/:changeId/switch')
  @Allow('pipeline')
  @Documented('switchTraffic')
  async switch(
    @Param(DTO) path: OpenChangePath,
    @Body(DTO) body: SwitchDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toSwitch(path, body);
    await this.writes.environment({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post('promotions/:changeId/abandonment')
  @Allow('pipeline')
  @Documented('abandonPromotion')
  async abandon(
    @Param(DTO) path: OpenChangePath,
    @Body(DTO) body: AbandonDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toAbandonment(path, body);
    await this.writes.environment({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post('rollbacks')
  @Allow('pipeline', 'approver')
  @Documented('rollBack')
  async rollBack(
    @Param('environment') environment: string,
    @Body(DTO) body: RollBackDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toRollBack(environmentName(environment), body);
    await this.writes.environment({ request, reply, occurredAt: body.occurredAt }, command);
  }

  @Post('retirements')
  @Allow('pipeline')
  @Documented('retire')
  async retire(
    @Param('environment') environment: string,
    @Body(DTO) body: RetireDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const command = toRetirement(environmentName(environment), body);
    await this.writes.environment({ request, reply, occurredAt: body.occurredAt }, command);
  }
}

const environmentName = (name: string): string => pathName('environment', 'environment', name);
