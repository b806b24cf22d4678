import { createHash } from 'node:crypto';
import type { ReportAddress } from '../document/document.js';
import type { Format } from '../formats.js';
import { render } from '../render.js';
import type { Job } from '../workshop/job.js';
import { readFigure, type FigureAsked, type FigurePage } from './figures.js';
import { buildReport } from './report.js';

/** One file of a report. */
export interface ReportFile {
  readonly format: Format;
  readonly bytes: Uint8Array;
  /** SHA-256, in hex. */
  readonly digest: string;
}

export interface ReportAsked {
  readonly address: ReportAddress;
  readonly formats: readonly Format[];
}

/** Builds the report once and writes it in each of the formats. */
export const makeReport: Job<ReportAsked, ReportFile[]> = async ({ address, formats }, { source, views, progress }) => {
  const steps = formats.length + 1;
  const document = await buildReport(address, { source, views });
  const files: ReportFile[] = [];
  for (const format of formats) {
    progress(files.length + 1, steps);
    const bytes = await render(document, format);
    files.push({ format, bytes, digest: createHash('sha256').update(bytes).digest('hex') });
  }
  return files;
};

/** The events behind one of its numbers. */
export const makeFigure: Job<FigureAsked, FigurePage> = (asked, { source, views }) =>
  readFigure(asked, { source, views });
