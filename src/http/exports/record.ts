import type { Query } from '../../domain/report/events.js';
import type { ExportFormat } from '../../reports/exports/export.js';
import type { ExportResult } from '../../reports/exports/render-export.js';
import type { ChangeField } from '../../views/changes/row.js';

/** Changes as rows. */
export interface ChangesAsked {
  readonly what: 'changes';
  readonly format: ExportFormat;
  /** Filters, fields and order: with the position, all that decides the bytes. */
  readonly query: Query;
  readonly fields?: readonly ChangeField[];
  readonly order: 'asc' | 'desc';
}

/** Events with their proofs. */
export interface EvidenceAsked {
  readonly what: 'evidence';
  readonly format: typeof PACKAGE_FILE;
  /** What is asked of and what is withheld: with the position and the checkpoint, all that decides the bytes. */
  readonly query: Query;
}

export const PACKAGE_FILE = 'zip';

/** An export as it is kept beside its file, so that a start after a crash knows what to go on with. */
export type ExportRecord = (ChangesAsked | EvidenceAsked) & {
  readonly id: string;
  /** `failed` is final; the others go on at the next start. */
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  /** Who asked: the event is theirs. */
  readonly actor: string;
  readonly requestedAt: string;
  readonly position: number;
  readonly note?: string;
  /** Once the file is whole. */
  readonly result?: ExportResult;
  /** Once the ledger has it. */
  readonly event?: { readonly eventId: string; readonly position: number; readonly recordedAt: string };
  readonly error?: string;
};

/** Rows that are written, of all there are. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export const fileNameOf = ({ id, what, position, format }: ExportRecord): string =>
  `cairn-${what}-${position}-${id.slice(0, 8)}.${format}`;

export const MEDIA_TYPES: Readonly<Record<ExportRecord['format'], string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
  zip: 'application/zip',
};
