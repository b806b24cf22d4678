import type { Remarks } from '../event.js';
import type { EvidenceExported, ReportIssued, SampleDrawn } from './events.js';

/** What was made has been made already: the facts come with the command. */
interface ReportCommandOf<Kind extends string, Facts> {
  readonly kind: Kind;
  readonly facts: Facts;
  readonly remarks: Remarks;
}

export type IssueReport = ReportCommandOf<'issue-report', ReportIssued['data']>;
export type RecordExport = ReportCommandOf<'record-export', EvidenceExported['data']>;
export type RecordSample = ReportCommandOf<'record-sample', SampleDrawn['data']>;

export type ReportCommand = IssueReport | RecordExport | RecordSample;
