import type { Remarks } from '../event.js';
import type { PipelineKey, PipelineRegistration } from './events.js';

interface PipelineCommandOf<Kind extends string> {
  readonly kind: Kind;
  readonly id: string;
  readonly remarks: Remarks;
}

export type RegisterPipeline = PipelineCommandOf<'register-pipeline'> & { readonly registration: PipelineRegistration };
export type ChangePipeline = PipelineCommandOf<'change-pipeline'> & { readonly registration: PipelineRegistration };
export type SuspendPipeline = PipelineCommandOf<'suspend-pipeline'>;
export type ReinstatePipeline = PipelineCommandOf<'reinstate-pipeline'>;
export type AddPipelineKey = PipelineCommandOf<'add-pipeline-key'> & { readonly key: PipelineKey };
export type RevokePipelineKey = PipelineCommandOf<'revoke-pipeline-key'> & { readonly keyId: string };

export type PipelineCommand =
  RegisterPipeline | ChangePipeline | SuspendPipeline | ReinstatePipeline | AddPipelineKey | RevokePipelineKey;
