import type { ReportCommand } from '../../domain/report/commands.js';
import { decide } from '../../domain/report/decide.js';
import type { ReportEvent } from '../../domain/report/events.js';
import type { ReportState } from '../../domain/report/state.js';
import { REPORTS_STREAM } from '../../domain/streams.js';
import type { Aggregate } from '../aggregate.js';
import { reportFolding } from './foldings.js';

export const reportAggregate: Aggregate<ReportCommand, ReportState, ReportEvent, undefined> = {
  ...reportFolding,
  stream: () => REPORTS_STREAM,
  gather: () => Promise.resolve(undefined),
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: () => ({}),
};
