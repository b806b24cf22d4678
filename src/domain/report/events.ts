import type { DomainEvent, Remarks } from '../event.js';

/** Filters as they were asked, each with its values; what decides a population besides the position. */
export type Query = Readonly<Record<string, readonly string[]>>;

/** Rows that were read, and what proves which: SHA-256, in hex, over the canonical (RFC 8785) rows, one a line. */
export interface Population {
  readonly count: number;
  readonly hash: string;
  /** Of a package, whose rows are the leaves of events: the RFC 6962 root over them, in hex. */
  readonly root?: string;
}

/** A report was handed to a board. The address makes it again; the digests say which bytes it was. */
export type ReportIssued = DomainEvent<
  'ReportIssued.v1',
  {
    readonly report: 'advisory-board';
    readonly address: string;
    readonly environments: readonly string[];
    readonly from: string;
    readonly to: string;
    readonly position: number;
    readonly definitions: number;
    /** Format → SHA-256 of the file, in hex. */
    readonly digests: Readonly<Record<string, string>>;
  },
  Remarks
>;

/** Evidence left the ledger as a file: changes as rows, or events with their proofs. */
export type EvidenceExported = DomainEvent<
  'EvidenceExported.v1',
  {
    readonly id: string;
    readonly what: 'changes' | 'evidence';
    readonly format: string;
    readonly query: Query;
    readonly position: number;
    readonly population: Population;
    /** Of the file. */
    readonly bytes: number;
    /** SHA-256 of the file, in hex. */
    readonly digest: string;
  },
  Remarks
>;

/** A sample was drawn; the seed draws it again from the same population. */
export type SampleDrawn = DomainEvent<
  'SampleDrawn.v1',
  {
    readonly what: 'changes';
    readonly query: Query;
    readonly position: number;
    readonly seed: string;
    readonly size: number;
    readonly stratifyBy?: 'environment' | 'outcome';
    readonly population: Population;
  },
  Remarks
>;

/** Stream `reports`. */
export type ReportEvent = ReportIssued | EvidenceExported | SampleDrawn;
