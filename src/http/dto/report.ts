import { FIGURE_PARTS } from '../../reports/advisory-board/figure-ids.js';
import { FORMAT_NAMES } from '../../reports/formats.js';
import { Many, Moment, Name, Names, OneOf, SomeOf, Text, Time } from '../input/fields.js';
import { PositionQuery } from './queries.js';

/** What a report is about. */
export class ReportScopeQuery extends PositionQuery {
  @Many('environment', { description: 'Environments. Left out, all of tier production.' })
  environment?: string | string[];

  @Time({ optional: true, description: 'Where the period begins. Left out, seven days before its end.' })
  from?: string;

  @Time({
    optional: true,
    description: 'Where the period ends, itself excluded. Left out, the minute after the position was recorded.',
  })
  to?: string;

  @Name('count', { optional: true, description: 'Version of the definitions; left out, the newest.' })
  definitions?: string;
}

export class ReportQuery extends ReportScopeQuery {
  @OneOf(FORMAT_NAMES, { optional: true, description: 'Format of the file. Left out, what Accept prefers.' })
  format?: string;
}

export class FigureQuery extends ReportScopeQuery {
  @OneOf(FIGURE_PARTS, { optional: true, description: 'What is counted (the default), or what is left out.' })
  part?: string;

  @Name('label', { optional: true, description: 'Only events that are counted, or left out, for this reason.' })
  reason?: string;

  @Name('limit', { optional: true, description: 'Rows a page, 1 to 500; 50 by default.' })
  limit?: string;

  @Name('cursor', { optional: true, description: 'Where the page before ended, as it was given there.' })
  cursor?: string;
}

export class IssueReportDto {
  @OneOf(['advisory-board'], { description: 'Which report.' })
  report: string;

  @Names('environment', { min: 1, max: 50 }, { optional: true, description: 'Left out, all of tier production.' })
  environments?: string[];

  @Time({ optional: true, description: 'Where the period begins. Left out, seven days before its end.' })
  from?: string;

  @Time({ optional: true, description: 'Where the period ends, itself excluded. Left out, now.' })
  to?: string;

  @Moment({ optional: true, description: 'What the ledger knew then: a time, or a position. Left out, now.' })
  asOf?: string;

  @SomeOf(FORMAT_NAMES, { optional: true, description: 'Formats whose files are handed out. Left out, all.' })
  formats?: string[];

  @Text(2_000, { optional: true, description: 'What it is issued for, in words. No names of people.' })
  reason?: string;
}

export class ReportCheckQuery {
  @Name('fileDigest', { description: 'SHA-256 of the file, in hex.' })
  digest: string;
}
