import type { Aggregates } from '../../commands/aggregates.js';
import type { Envelope } from '../../commands/envelope.js';
import { importItem, type ImportItem } from '../../commands/processor.js';
import type { ArtifactCommand } from '../../domain/artifact/commands.js';
import type { EnvironmentCommand } from '../../domain/environment/commands.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { PipelineCommand } from '../../domain/pipeline/commands.js';
import { AttestDto, BakeDto, RevokeDto } from '../dto/artifact.js';
import { AbandonDto, PromoteDto, RetireDto, RollBackDto, SwitchDto, ValidateDto } from '../dto/change.js';
import { ChangePolicyDto, DefineEnvironmentDto } from '../dto/environment.js';
import { ReportIncidentDto, ResolveIncidentDto } from '../dto/incident.js';
import { ChangePipelineDto, RegisterPipelineDto, ReinstatePipelineDto, SuspendPipelineDto } from '../dto/pipeline.js';
import type { PatternName } from '../input/patterns.js';
import { PATTERN_HINTS, PATTERNS } from '../input/patterns.js';
import { invalidRequest, readDto } from '../input/read-dto.js';
import * as artifact from '../mapping/artifact.js';
import * as environment from '../mapping/environment.js';
import * as incident from '../mapping/incident.js';
import * as pipeline from '../mapping/pipeline.js';

type Fields = Record<string, unknown>;

/** A line's own fields as a command, and the line's time. */
export interface ImportedCommand {
  readonly occurredAt: string | undefined;
  readonly toItem: (aggregates: Aggregates, envelope: Envelope) => ImportItem;
}

/** Fields of an environment's paths, with their forms. */
const ENVIRONMENT_PATH = { environment: 'environment', changeId: 'uuid' } as const;

type Reader = (fields: Fields) => ImportedCommand;

/**
 * The commands that a line of an import can be, each with the DTO and the mapping of its route. What the route has in
 * its path, the line has as a field of that name.
 */
export const IMPORT_COMMANDS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['register-pipeline', ofPipeline(RegisterPipelineDto, false, (_id, dto) => pipeline.toFirstRegistration(dto))],
  ['change-pipeline', ofPipeline(ChangePipelineDto, true, pipeline.toRegistration)],
  ['suspend-pipeline', ofPipeline(SuspendPipelineDto, true, pipeline.toSuspension)],
  ['reinstate-pipeline', ofPipeline(ReinstatePipelineDto, true, pipeline.toReinstatement)],
  ['bake', ofArtifact(BakeDto, false, (_digest, dto) => artifact.toBake(dto))],
  ['attest', ofArtifact(AttestDto, true, artifact.toAttestation)],
  ['revoke', ofArtifact(RevokeDto, true, artifact.toRevocation)],
  ['define-environment', ofEnvironment(DefineEnvironmentDto, [], (_path, dto) => environment.toDefinition(dto))],
  [
    'change-policy',
    ofEnvironment(ChangePolicyDto, ['environment'], (path, dto) => environment.toPolicyChange(path.environment, dto)),
  ],
  [
    'promote',
    ofEnvironment(PromoteDto, ['environment'], (path, dto) => environment.toPromotion(path.environment, dto)),
  ],
  ['validate', ofEnvironment(ValidateDto, ['environment', 'changeId'], environment.toValidation)],
  ['switch', ofEnvironment(SwitchDto, ['environment', 'changeId'], environment.toSwitch)],
  ['abandon', ofEnvironment(AbandonDto, ['environment', 'changeId'], environment.toAbandonment)],
  [
    'roll-back',
    ofEnvironment(RollBackDto, ['environment'], (path, dto) => environment.toRollBack(path.environment, dto)),
  ],
  ['retire', ofEnvironment(RetireDto, ['environment'], (path, dto) => environment.toRetirement(path.environment, dto))],
  ['report-incident', ofIncident(ReportIncidentDto, incident.toIncidentReport)],
  ['resolve-incident', ofIncident(ResolveIncidentDto, incident.toIncidentResolution)],
]);

interface Dated {
  occurredAt?: string;
}

/** `inPath`: the id is in the route's path, so the DTO does not have it. */
function ofPipeline<T extends Dated>(
  type: new () => T,
  inPath: boolean,
  map: (id: string, dto: T) => PipelineCommand,
): Reader {
  return (fields) => {
    const { taken, rest } = inPath ? take(fields, { id: 'pipeline' }) : { taken: {}, rest: fields };
    const dto = readDto(type, rest);
    const command = map(inPath ? (taken['id'] ?? '') : String(fields['id']), dto);
    return { occurredAt: dto.occurredAt, toItem: ({ pipeline }, envelope) => importItem(pipeline, command, envelope) };
  };
}

function ofArtifact<T extends Dated>(
  type: new () => T,
  inPath: boolean,
  map: (digest: string, dto: T) => ArtifactCommand,
): Reader {
  return (fields) => {
    const { taken, rest } = inPath ? take(fields, { digest: 'digest' }) : { taken: {}, rest: fields };
    const dto = readDto(type, rest);
    const command = map(taken['digest'] ?? '', dto);
    return { occurredAt: dto.occurredAt, toItem: ({ artifact }, envelope) => importItem(artifact, command, envelope) };
  };
}

function ofEnvironment<T extends Dated>(
  type: new () => T,
  path: readonly (keyof typeof ENVIRONMENT_PATH)[],
  map: (path: environment.OpenChange, dto: T) => EnvironmentCommand,
): Reader {
  const patterns = Object.fromEntries(path.map((field) => [field, ENVIRONMENT_PATH[field]]));
  return (fields) => {
    const { taken, rest } = take(fields, patterns);
    const dto = readDto(type, rest);
    const command = map({ environment: taken['environment'] ?? '', changeId: taken['changeId'] ?? '' }, dto);
    return {
      occurredAt: dto.occurredAt,
      toItem: ({ environment }, envelope) => importItem(environment, command, envelope),
    };
  };
}

/** Nobody hears of an id that is made here, so a line has to bring it. */
function ofIncident<T extends Dated>(type: new () => T, map: (id: string, dto: T) => IncidentCommand): Reader {
  return (fields) => {
    const { taken, rest } = take(fields, { id: 'pipeline' });
    const dto = readDto(type, rest);
    const command = map(taken['id'] ?? '', dto);
    return { occurredAt: dto.occurredAt, toItem: ({ incident }, envelope) => importItem(incident, command, envelope) };
  };
}

/** Takes the fields of a route's path out of a line. @throws HttpProblem for one that is not of its form */
function take(fields: Fields, patterns: Record<string, PatternName>): { taken: Record<string, string>; rest: Fields } {
  const rest = { ...fields };
  const taken: Record<string, string> = {};
  for (const [field, pattern] of Object.entries(patterns)) {
    const value = rest[field];
    if (typeof value !== 'string' || !PATTERNS[pattern].test(value)) {
      const detail =
        value === undefined ? `is missing: it must be ${PATTERN_HINTS[pattern]}` : `must be ${PATTERN_HINTS[pattern]}`;
      throw invalidRequest([{ field, detail }]);
    }
    taken[field] = value;
    delete rest[field];
  }
  return { taken, rest };
}
