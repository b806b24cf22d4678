import type { PipelineCommand } from '../../domain/pipeline/commands.js';
import type { ChangePipelineDto, ReinstatePipelineDto, SuspendPipelineDto } from '../dto/pipeline.js';
import { defined } from './defined.js';

export function toRegistration(
  kind: 'register-pipeline' | 'change-pipeline',
  id: string,
  { name, mayBake, mayPromoteTo, reason }: ChangePipelineDto,
): PipelineCommand {
  return { kind, id, registration: { id, name, mayBake, mayPromoteTo }, remarks: defined({ reason }) };
}

export const toSuspension = (id: string, { reason }: SuspendPipelineDto): PipelineCommand => ({
  kind: 'suspend-pipeline',
  id,
  remarks: { reason },
});

export const toReinstatement = (id: string, { reason }: ReinstatePipelineDto): PipelineCommand => ({
  kind: 'reinstate-pipeline',
  id,
  remarks: defined({ reason }),
});
