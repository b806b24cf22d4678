import type { Remarks } from '../event.js';
import type { IncidentSeverity } from './events.js';

interface IncidentCommandOf<Kind extends string> {
  readonly kind: Kind;
  readonly id: string;
  /** Id of the change that is blamed. */
  readonly change?: string;
  readonly remarks: Remarks;
}

export type ReportIncident = IncidentCommandOf<'report-incident'> & {
  readonly severity: IncidentSeverity;
  readonly startedAt: string;
  readonly environment?: string;
  readonly service?: string;
};

export type ResolveIncident = IncidentCommandOf<'resolve-incident'> & {
  /** Absent, it was resolved when the command happened. */
  readonly resolvedAt?: string;
  /** Id of the change that mended it. */
  readonly mendedBy?: string;
};

export type IncidentCommand = ReportIncident | ResolveIncident;
