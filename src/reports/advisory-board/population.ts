import type { DataSource } from 'typeorm';
import type { ViewQueries } from '../../views/queries.js';
import type { ChangeFact, IncidentFact, Population } from './facts.js';
import { knownTime, overlapOf } from './known.js';
import { lastMomentOf, periodBefore, type Period } from './period.js';
import { fleetAt } from './reading/artifacts.js';
import { readChanges, readUnplacedRefusals } from './reading/changes.js';
import { readIncidents } from './reading/incidents.js';
import type { ReportScope } from './scope.js';

/** The population of the period, and of the one of the same length before it. */
export interface Populations {
  readonly current: Population;
  readonly previous: Population;
}

/**
 * Reads everything that metrics need, for both periods, as the ledger knew it at the position. Of the one before, only
 * numbers are shown.
 */
export async function readPopulations(
  scope: ReportScope,
  { source, views }: { source: DataSource; views: ViewQueries },
): Promise<Populations> {
  const { period } = scope;
  const before = periodBefore(period);
  const known = knownTime(scope, source);
  const changesIn = (part: Period, isShown: boolean): ChangeFact[] =>
    scope.environments
      .flatMap((environment) => readChanges(source, { environment, period: part, position: scope.position, isShown }))
      .sort(byOccurrence);
  const incidents = await readIncidents(source, scope.position);
  const populationOf = async (part: Period, now: string, isShown: boolean): Promise<Population> => ({
    period: part,
    known: overlapOf(part, known),
    changes: changesIn(part, isShown),
    unplaced: readUnplacedRefusals(source, part, scope.position),
    incidents,
    live: await fleetAt(scope, lastMomentOf(part), { source, views }),
    environments: scope.environments.map(({ name }) => name),
    now,
  });
  return {
    current: await populationOf(period, scope.now, true),
    previous: await populationOf(before, before.to, false),
  };
}

/** By the pipelines' clock; the ledger's order decides between equals. */
function byOccurrence(left: ChangeFact, right: ChangeFact): number {
  if (left.occurredAt !== right.occurredAt) return left.occurredAt < right.occurredAt ? -1 : 1;
  return left.firstPosition - right.firstPosition;
}

/** Incidents that began in the period in one of the environments, or nobody knows where. */
export const incidentsIn = ({ incidents, environments, period: { from, to } }: Population): IncidentFact[] =>
  incidents.filter(
    ({ environment, startedAt }) =>
      (environment === null || environments.includes(environment)) && startedAt >= from && startedAt < to,
  );
