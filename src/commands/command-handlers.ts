import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates } from './aggregates.js';
import {
  AccessEnvelope,
  ArtifactEnvelope,
  EnvironmentEnvelope,
  IncidentEnvelope,
  PipelineEnvelope,
  ReportEnvelope,
} from './envelope.js';
import { CommandProcessor } from './processor.js';

@CommandHandler(PipelineEnvelope)
export class PipelineHandler implements ICommandHandler<PipelineEnvelope> {
  constructor(
    private readonly processor: CommandProcessor,
    private readonly aggregates: Aggregates,
  ) {}

  execute({ command, envelope }: PipelineEnvelope) {
    return this.processor.execute(this.aggregates.pipeline, command, envelope);
  }
}

@CommandHandler(ArtifactEnvelope)
export class ArtifactHandler implements ICommandHandler<ArtifactEnvelope> {
  constructor(
    private readonly processor: CommandProcessor,
    private readonly aggregates: Aggregates,
  ) {}

  execute({ command, envelope }: ArtifactEnvelope) {
    return this.processor.execute(this.aggregates.artifact, command, envelope);
  }
}

@CommandHandler(EnvironmentEnvelope)
export class EnvironmentHandler implements ICommandHandler<EnvironmentEnvelope> {
  constructor(
    private readonly processor: CommandProcessor,
    private readonly aggregates: Aggregates,
  ) {}

  execute({ command, envelope }: EnvironmentEnvelope) {
    return this.processor.execute(this.aggregates.environment, command, envelope);
  }
}

@CommandHandler(AccessEnvelope)
export class AccessHandler implements ICommandHandler<AccessEnvelope> {
  constructor(
    private readonly processor: CommandProcessor,
    private readonly aggregates: Aggregates,
  ) {}

  execute({ command, envelope }: AccessEnvelope) {
    return this.processor.execute(this.aggregates.access, command, envelope);
  }
}

@CommandHandler(IncidentEnvelope)
export class IncidentHandler implements ICommandHandler<IncidentEnvelope> {
  constructor(
    private readonly processor: CommandProcessor,
    private readonly aggregates: Aggregates,
  ) {}

  execute({ command, envelope }: IncidentEnvelope) {
    return this.processor.execute(this.aggregates.incident, command, envelope);
  }
}

@CommandHandler(ReportEnvelope)
export class ReportHandler implements ICommandHandler<ReportEnvelope> {
  constructor(
    private readonly processor: CommandProcessor,
    private readonly aggregates: Aggregates,
  ) {}

  execute({ command, envelope }: ReportEnvelope) {
    return this.processor.execute(this.aggregates.report, command, envelope);
  }
}

export const COMMAND_HANDLERS = [
  PipelineHandler,
  ArtifactHandler,
  EnvironmentHandler,
  AccessHandler,
  IncidentHandler,
  ReportHandler,
];
