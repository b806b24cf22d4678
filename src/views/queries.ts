import type { DataSource } from 'typeorm';
import { ArtifactQueries } from './artifacts/queries.js';
import { ChangeQueries } from './changes/queries.js';
import { EnvironmentQueries } from './environments/queries.js';
import { EventQueries } from './events/queries.js';
import { ExceptionQueries } from './exceptions/queries.js';
import { HandoutQueries } from './handouts/queries.js';
import { IncidentQueries } from './incidents/queries.js';
import { KnownGoodQueries } from './known-good/queries.js';
import { PipelineQueries } from './pipelines/queries.js';

/** The queries of all views over one connection. Each is asked at a position. */
export class ViewQueries {
  readonly knownGood: KnownGoodQueries;
  readonly changes: ChangeQueries;
  readonly artifacts: ArtifactQueries;
  readonly events: EventQueries;
  readonly environments: EnvironmentQueries;
  readonly pipelines: PipelineQueries;
  readonly incidents: IncidentQueries;
  readonly handouts: HandoutQueries;
  readonly exceptions: ExceptionQueries;

  constructor(protected readonly source: DataSource) {
    this.knownGood = new KnownGoodQueries(source);
    this.changes = new ChangeQueries(source);
    this.artifacts = new ArtifactQueries(source);
    this.events = new EventQueries(source);
    this.environments = new EnvironmentQueries(source);
    this.pipelines = new PipelineQueries(source);
    this.incidents = new IncidentQueries(source);
    this.handouts = new HandoutQueries(source);
    this.exceptions = new ExceptionQueries(source);
  }
}
