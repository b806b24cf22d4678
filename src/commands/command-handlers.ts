import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates } from './aggregates.js';
import {
  AccessEnvelope,
  ArtifactEnvelope,
  EnvironmentEnvelope,
  IncidentEnvelope,
  PipelineEnvelope,
  ReportEnvelope,
  SigningEnvelope,
  TrustEnvelope,
} from './envelope.js';
import { CommandProcessor } from './processor.js';

/** What every handler is given; each says which aggregate its commands are for. */
@Injectable()
abstract class Handler {
  constructor(
    protected readonly processor: CommandProcessor,
    protected readonly aggregates: Aggregates,
  ) {}
}

@CommandHandler(PipelineEnvelope)
export class PipelineHandler extends Handler implements ICommandHandler<PipelineEnvelope> {
  execute({ command, envelope }: PipelineEnvelope) {
    return this.processor.execute(this.aggregates.pipeline, command, envelope);
  }
}

@CommandHandler(ArtifactEnvelope)
export class ArtifactHandler extends Handler implements ICommandHandler<ArtifactEnvelope> {
  execute({ command, envelope }: ArtifactEnvelope) {
    return this.processor.execute(this.aggregates.artifact, command, envelope);
  }
}

@CommandHandler(EnvironmentEnvelope)
export class EnvironmentHandler extends Handler implements ICommandHandler<EnvironmentEnvelope> {
  execute({ command, envelope }: EnvironmentEnvelope) {
    return this.processor.execute(this.aggregates.environment, command, envelope);
  }
}

@CommandHandler(AccessEnvelope)
export class AccessHandler extends Handler implements ICommandHandler<AccessEnvelope> {
  execute({ command, envelope }: AccessEnvelope) {
    return this.processor.execute(this.aggregates.access, command, envelope);
  }
}

@CommandHandler(IncidentEnvelope)
export class IncidentHandler extends Handler implements ICommandHandler<IncidentEnvelope> {
  execute({ command, envelope }: IncidentEnvelope) {
    return this.processor.execute(this.aggregates.incident, command, envelope);
  }
}

@CommandHandler(ReportEnvelope)
export class ReportHandler extends Handler implements ICommandHandler<ReportEnvelope> {
  execute({ command, envelope }: ReportEnvelope) {
    return this.processor.execute(this.aggregates.report, command, envelope);
  }
}

@CommandHandler(TrustEnvelope)
export class TrustHandler extends Handler implements ICommandHandler<TrustEnvelope> {
  execute({ command, envelope }: TrustEnvelope) {
    return this.processor.execute(this.aggregates.trust, command, envelope);
  }
}

@CommandHandler(SigningEnvelope)
export class SigningHandler extends Handler implements ICommandHandler<SigningEnvelope> {
  execute({ command, envelope }: SigningEnvelope) {
    return this.processor.execute(this.aggregates.signing, command, envelope);
  }
}

export const COMMAND_HANDLERS = [
  PipelineHandler,
  ArtifactHandler,
  EnvironmentHandler,
  AccessHandler,
  IncidentHandler,
  ReportHandler,
  SigningHandler,
  TrustHandler,
];
