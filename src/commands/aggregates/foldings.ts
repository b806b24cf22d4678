import type { AccessEvent } from '../../domain/access/events.js';
import * as access from '../../domain/access/state.js';
import type { ArtifactEvent } from '../../domain/artifact/events.js';
import * as artifact from '../../domain/artifact/state.js';
import type { EnvironmentEvent } from '../../domain/environment/events.js';
import * as environment from '../../domain/environment/state.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import * as incident from '../../domain/incident/state.js';
import type { PipelineEvent } from '../../domain/pipeline/events.js';
import * as pipeline from '../../domain/pipeline/state.js';
import type { ReportEvent } from '../../domain/report/events.js';
import * as report from '../../domain/report/state.js';
import type { SigningEvent } from '../../domain/signing/events.js';
import * as signing from '../../domain/signing/state.js';
import type { TrustedRootsChanged } from '../../domain/trust/events.js';
import * as trust from '../../domain/trust/state.js';
import type { Folding } from '../aggregate.js';
import { environmentKib, environmentSnapshots } from './environment-snapshot.js';

export const pipelineFolding: Folding<pipeline.PipelineState, PipelineEvent> = {
  initialState: pipeline.initialState,
  evolve: pipeline.evolve,
};

export const artifactFolding: Folding<artifact.ArtifactState, ArtifactEvent> = {
  initialState: artifact.initialState,
  evolve: artifact.evolve,
};

/** Environments have the only long streams, so they alone have snapshots. */
export const environmentFolding: Folding<environment.EnvironmentState, EnvironmentEvent> = {
  initialState: environment.initialState,
  evolve: environment.evolve,
  snapshots: environmentSnapshots,
  kibOf: environmentKib,
};

export const accessFolding: Folding<access.AccessState, AccessEvent> = {
  initialState: access.initialState,
  evolve: access.evolve,
};

export const incidentFolding: Folding<incident.IncidentState, IncidentEvent> = {
  initialState: incident.initialState,
  evolve: incident.evolve,
};

export const reportFolding: Folding<report.ReportState, ReportEvent> = {
  initialState: report.initialState,
  evolve: report.evolve,
};

export const signingFolding: Folding<signing.SigningState, SigningEvent> = {
  initialState: signing.initialState,
  evolve: signing.evolve,
};

export const trustFolding: Folding<trust.TrustState, TrustedRootsChanged> = {
  initialState: trust.initialState,
  evolve: trust.evolve,
};
