import type { DomainEvent, Remarks } from '../event.js';

/** From `P1`, the service is down for everybody, to `P4`, a nuisance. */
export const INCIDENT_SEVERITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export type IncidentSeverity = (typeof INCIDENT_SEVERITIES)[number];

/** A change that an incident names, with what a view needs to place it. */
export interface NamedChange {
  readonly changeId: string;
  readonly environment: string;
  readonly service: string;
  readonly component: string;
  readonly digest: string;
}

export type IncidentReported = DomainEvent<
  'IncidentReported.v1',
  {
    readonly id: string;
    readonly severity: IncidentSeverity;
    /** When it began: RFC 3339, UTC, milliseconds. */
    readonly startedAt: string;
    /** The blamed change's, or the reporter's word where no change is blamed. */
    readonly environment?: string;
    readonly service?: string;
    /** The change that caused it, as far as was known then. */
    readonly blamed?: NamedChange;
  },
  Remarks
>;

export type IncidentResolved = DomainEvent<
  'IncidentResolved.v1',
  {
    readonly id: string;
    /** When the service worked again. */
    readonly resolvedAt: string;
    /** The change that caused it, as is known now; it stands in place of the one that was blamed first. */
    readonly blamed?: NamedChange;
    /** The change that mended it: a roll-back, or work that nobody had planned. */
    readonly mendedBy?: NamedChange;
  },
  Remarks
>;

/** Stream `incident-<id>`. */
export type IncidentEvent = IncidentReported | IncidentResolved;
