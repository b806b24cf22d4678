import { accept, unreachable, type Decision } from '../decision.js';
import type { ReportCommand } from './commands.js';
import type { ReportEvent } from './events.js';

/** What was handed out is written down, whatever was handed out before. */
export function decide({ kind, facts, remarks }: ReportCommand): Decision<ReportEvent> {
  switch (kind) {
    case 'issue-report':
      return accept({ type: 'ReportIssued.v1', data: facts, remarks });
    case 'record-export':
      return accept({ type: 'EvidenceExported.v1', data: facts, remarks });
    case 'record-sample':
      return accept({ type: 'SampleDrawn.v1', data: facts, remarks });
    default:
      return unreachable(kind);
  }
}
