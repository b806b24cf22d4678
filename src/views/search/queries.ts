import type { DataSource } from 'typeorm';
import { seek, type SearchBounds, type SearchField, type Seen } from './seek.js';

export interface FoundArtifact {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly source_repository: string;
  readonly source_commit: string;
  readonly source_ref: string | null;
  readonly baked_at: string;
}

export interface FoundChange {
  readonly change_id: string;
  readonly kind: string;
  readonly environment: string | null;
  readonly service: string | null;
  readonly version: string | null;
  readonly digest: string | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly started_at: string;
}

export interface FoundIncident {
  readonly id: string;
  readonly severity: string;
  readonly environment: string | null;
  readonly service: string | null;
  readonly ticket: string | null;
  readonly reported_at: string;
}

export interface FoundPipeline {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

export interface FoundEnvironment {
  readonly name: string;
  readonly tier: string;
}

type ArtifactColumn = 'digest' | 'version' | 'source_ref' | 'source_commit' | 'component';
type ChangeColumn = 'change_id' | 'ticket' | 'digest' | 'service';

/** Looks for what begins with a text, in every column that has an index. Whoever asks says which forms are meant. */
export class SearchQueries {
  constructor(private readonly source: DataSource) {}

  artifacts(column: ArtifactColumn, prefixes: readonly string[], bounds: SearchBounds): Promise<Seen<FoundArtifact>> {
    return this.#seek({ table: 'artifacts', column, position: 'position' }, prefixes, bounds);
  }

  changes(column: ChangeColumn, prefixes: readonly string[], bounds: SearchBounds): Promise<Seen<FoundChange>> {
    return this.#seek({ table: 'changes', column, position: 'first_position' }, prefixes, bounds);
  }

  incidents(column: 'id' | 'ticket', prefixes: readonly string[], bounds: SearchBounds): Promise<Seen<FoundIncident>> {
    return this.#seek({ table: 'incidents', column, position: 'first_position' }, prefixes, bounds);
  }

  pipelines(prefixes: readonly string[], bounds: SearchBounds): Promise<Seen<FoundPipeline>> {
    return this.#seek({ table: 'pipeline_registrations', column: 'id', position: 'position' }, prefixes, bounds);
  }

  environments(prefixes: readonly string[], bounds: SearchBounds): Promise<Seen<FoundEnvironment>> {
    return this.#seek({ table: 'environments', column: 'name', position: 'position' }, prefixes, bounds);
  }

  #seek<Row>(field: SearchField, prefixes: readonly string[], bounds: SearchBounds): Promise<Seen<Row>> {
    return seek<Row>(this.source, field, prefixes, bounds);
  }
}
