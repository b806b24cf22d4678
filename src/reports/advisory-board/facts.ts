import type { ChangeEffect, ChangeKind, FinalOutcome } from '../../views/changes/entity.js';
import type { Period } from './period.js';

/** A change that has ended, with what metrics need of its artifact, as the ledger knew it at the report's position. */
export interface ChangeFact {
  readonly fact: 'change';
  readonly changeId: string;
  readonly kind: ChangeKind;
  readonly environment: string | null;
  readonly service: string | null;
  readonly component: string | null;
  readonly digest: string | null;
  readonly version: string | null;
  readonly type: string | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly channel: string;
  readonly ticket: string | null;
  readonly note: string | null;
  readonly detail: string | null;
  readonly firstPosition: number;
  readonly startedOccurredAt: string;
  /** Of the event that ended it. */
  readonly position: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly ended: FinalOutcome;
  readonly effect: ChangeEffect | null;
  /** How many commands it was: its start, its validation, its end. */
  readonly commands: number;
  /** By the pipelines' clock; null where it was not rolled back by the position. */
  readonly rolledBackAt: string | null;
  readonly committedAt: string | null;
  /** Whether its environment promotes from another. */
  readonly hasStageBefore: boolean;
  /** Of a switch: since when its digest was known-good in the environment before. */
  readonly soakSince: string | null;
}

export interface IncidentFact {
  readonly fact: 'incident';
  readonly id: string;
  readonly position: number;
  readonly severity: string;
  readonly environment: string | null;
  readonly service: string | null;
  readonly startedAt: string;
  /** Null while it is open. */
  readonly resolvedAt: string | null;
  /** The change that is blamed. */
  readonly changeId: string | null;
  readonly mendedBy: string | null;
  readonly note: string | null;
}

/** What is live, or was baked. */
export interface ArtifactFact {
  readonly fact: 'artifact';
  readonly environment: string | null;
  readonly service: string | null;
  readonly component: string;
  readonly digest: string;
  readonly version: string;
  /** Of its bake; null where it is known by the change that made it live. */
  readonly position: number | null;
  readonly changeId: string | null;
  /** When it was switched to, or baked. */
  readonly at: string;
  readonly bakedAt: string | null;
}

export type Fact = ChangeFact | IncidentFact | ArtifactFact;

/** Everything that one period's metrics are worked out from. */
export interface Population {
  readonly period: Period;
  /** The part of the period that the ledger can tell of; null where it knows nothing of it. */
  readonly known: Period | null;
  /** Changes in the report's environments that ended in the period by the pipelines' clock, in that order. */
  readonly changes: readonly ChangeFact[];
  /** Refused commands of the period that name no environment. */
  readonly unplaced: readonly ChangeFact[];
  /** Every incident known at the position. */
  readonly incidents: readonly IncidentFact[];
  /** What is live in the report's environments at the end of the period. */
  readonly live: readonly ArtifactFact[];
  readonly environments: readonly string[];
  /** To which age is counted: the period's end, or the position's time where that is earlier. */
  readonly now: string;
}

export const isSwitch = (change: ChangeFact): boolean => change.kind === 'promotion' && change.effect === 'switched';

export const switchesOf = ({ changes }: Population): ChangeFact[] => changes.filter(isSwitch);

/** Incidents by the change that they blame. */
export const blames = ({ incidents }: Population): Map<string, IncidentFact[]> =>
  byChange(incidents, ({ changeId }) => changeId);

/** Incidents by the change that mended them. */
export const mendings = ({ incidents }: Population): Map<string, IncidentFact[]> =>
  byChange(incidents, ({ mendedBy }) => mendedBy);

function byChange(
  incidents: readonly IncidentFact[],
  changeOf: (incident: IncidentFact) => string | null,
): Map<string, IncidentFact[]> {
  const found = new Map<string, IncidentFact[]>();
  for (const incident of incidents) {
    const changeId = changeOf(incident);
    if (changeId === null) continue;
    const others = found.get(changeId);
    if (others) others.push(incident);
    else found.set(changeId, [incident]);
  }
  return found;
}
