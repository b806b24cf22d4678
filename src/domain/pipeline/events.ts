import type { DomainEvent, Remarks } from '../event.js';

export interface PipelineRegistration {
  readonly id: string;
  readonly name: string;
  /** Globs of the components that it may bake and attest. */
  readonly mayBake: readonly string[];
  /** Globs `environment` or `environment:service` that it may change. */
  readonly mayPromoteTo: readonly string[];
}

/** The registration as it stands from here on; a later one replaces it whole. */
export type PipelineRegistered = DomainEvent<'PipelineRegistered.v1', PipelineRegistration, Remarks>;
export type PipelineSuspended = DomainEvent<'PipelineSuspended.v1', { readonly id: string }, Remarks>;
export type PipelineReinstated = DomainEvent<'PipelineReinstated.v1', { readonly id: string }, Remarks>;

export type PipelineEvent = PipelineRegistered | PipelineSuspended | PipelineReinstated;
