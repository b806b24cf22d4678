import type { EventReader } from '../../event-store/port.js';
import type { ArtifactDetails, ArtifactSummary } from '../../views/artifacts/queries.js';
import type { ChangeRow } from '../../views/changes/queries.js';
import type { RefusedAttempt } from '../../views/changes/refused-attempts.js';
import type { EnvironmentRow, PolicyRow } from '../../views/environments/queries.js';
import type { LifeEvent } from '../../views/events/life.js';
import type { IncidentRow } from '../../views/incidents/queries.js';
import type { StandingAt, Stay } from '../../views/known-good/service-history.js';
import type { ViewQueries } from '../../views/queries.js';
import type { ViewEvent } from '../../views/view-event.js';
import type { Target } from './find-way-back.js';

export interface DossierSources {
  readonly views: ViewQueries;
  readonly events: EventReader;
}

/** What decided the change, as far as the ledger knew at the position; the position itself while it is open. */
export interface Decision {
  readonly position: number;
  readonly by: 'end' | 'refusal' | 'open';
}

/** All that a dossier is put together from, each read at the position. */
export interface Facts {
  readonly position: number;
  readonly change: ChangeRow;
  /** The change's own events with all that they say, oldest first. */
  readonly own: readonly ViewEvent[];
  readonly decision: Decision;
  readonly artifact: ArtifactDetails | undefined;
  readonly environment: EnvironmentRow | undefined;
  /** In force at the decision. */
  readonly policy: PolicyRow | undefined;
  /** What took the traffic just before the decision, and what made that artifact. */
  readonly before: { readonly stay: Stay; readonly artifact: ArtifactSummary | undefined } | undefined;
  /** The stay at the position, and the one that ended the change's own. */
  readonly current: Stay | undefined;
  readonly ended: Stay | undefined;
  readonly rolledBackBy: ChangeRow | undefined;
  readonly target: Target | undefined;
  /** How the digest stood in the environment that this one promotes from. */
  readonly standing: { readonly atStart: StandingAt | undefined; readonly atDecision: StandingAt | undefined };
  readonly refusals: Bounded<{ readonly about: readonly RefusedAttempt[]; readonly before: readonly RefusedAttempt[] }>;
  readonly incidents: Bounded<{ readonly blaming: readonly IncidentRow[]; readonly mended: readonly IncidentRow[] }>;
  /** What happened to the digest on its way here, and here. */
  readonly life: Bounded<{ readonly events: readonly LifeEvent[] }>;
  /** Every other event that a section names, by position. */
  readonly eventAt: ReadonlyMap<number, LifeEvent>;
}

type Bounded<Of> = Of & { readonly isCut: boolean };

/** What is read first, and what the other reads go by. */
export type Known = Pick<Facts, 'position' | 'change' | 'own' | 'decision' | 'artifact'>;

/** Attestations that are told: the newest. */
export const MOST_ATTESTATIONS = 100;
