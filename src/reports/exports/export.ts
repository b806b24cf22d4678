import type { ChangeField, ChangeRow } from '../../views/changes/row.js';
import type { PopulationInput } from '../population/population.js';

export const EXPORT_FORMATS = ['ndjson', 'csv', 'xlsx', 'pdf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Rows that a format takes; those that are made for people have an end. */
export const ROWS_MAX: Readonly<Record<ExportFormat, number>> = {
  ndjson: Infinity,
  csv: Infinity,
  xlsx: 3_000_000,
  pdf: 5_000,
};

/** Fields that a format takes: what is printed has to fit on a page. */
export const PDF_FIELDS_MAX = 12;

/** What a reader wants on paper, where no fields are named. */
export const PDF_FIELDS = [
  ...(['actor', 'changeId', 'environment', 'kind', 'note', 'outcome', 'service', 'startedAt', 'ticket'] as const),
  ...(['type', 'version'] as const),
] satisfies ChangeField[];

export interface ExportInput extends PopulationInput {
  readonly format: ExportFormat;
  readonly order: 'asc' | 'desc';
  /** In order; undefined for all. */
  readonly fields?: readonly ChangeField[];
  /** Where to write it. */
  readonly file: string;
  /** Lines for the front of what is printed: what was asked. */
  readonly facts: readonly (readonly [string, string])[];
}

/** One format, which is fed a few rows after the other and gives bytes or text to be written. */
export interface ExportWriter {
  begin(): readonly Chunk[];
  /** `lines` are the rows in canonical form, one a line, where they were made already. */
  rows(rows: readonly Partial<ChangeRow>[], lines: Uint8Array | undefined): readonly Chunk[];
  end(): readonly Chunk[] | Promise<readonly Chunk[]>;
}

export type Chunk = string | Uint8Array;
