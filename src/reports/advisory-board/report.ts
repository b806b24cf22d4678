import type { ReportAddress, ReportDocument } from '../document/document.js';
import { readReportData, type Reading } from './report-data.js';
import { actions } from './sections/actions.js';
import { appendix } from './sections/appendix.js';
import { completedChanges } from './sections/completed-changes.js';
import { cover, titleOf } from './sections/cover.js';
import { decisions } from './sections/decisions.js';
import { environments } from './sections/environments.js';
import { exceptions } from './sections/exceptions.js';
import { metrics } from './sections/metrics.js';
import { schedule } from './sections/schedule.js';
import { summary } from './sections/summary.js';

/** The advisory board's report: everything is read first, as of its address, and then written down section by section. */
export async function buildReport(address: ReportAddress, reading: Reading): Promise<ReportDocument> {
  const data = await readReportData(address, reading);
  return {
    title: titleOf(data),
    address,
    cover: cover(data),
    sections: [
      summary(data),
      decisions(data),
      schedule(),
      completedChanges(data),
      exceptions(data),
      environments(data),
      metrics(data),
      actions(),
      appendix(data),
    ],
  };
}
