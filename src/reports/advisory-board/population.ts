import type { DataSource } from 'typeorm';
import type { RawChange } from '../../views/changes/row.js';
import type { ViewQueries } from '../../views/queries.js';
import type { ChangeFact, IncidentFact, Population } from './facts.js';
import { knownTime, overlapOf } from './known.js';
import { lastMomentOf, periodBefore, type Period } from './period.js';
import { fleetAt } from './reading/artifacts.js';
import { readChanges, readUnplacedRefusals, type ReadChange } from './reading/changes.js';
import { readIncidents } from './reading/incidents.js';
import type { ReportScope } from './scope.js';

/** The population of the period, and of the one of the same length before it. */
export interface Populations {
  readonly current: Population;
  readonly previous: Population;
  /** The current changes as rows of `GET /v1/changes`. */
  readonly rows: readonly RawChange[];
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
  const known = await knownTime(scope, source);
  const changesIn = async (part: Period, isShown: boolean): Promise<ReadChange[]> => {
    const changes: ReadChange[][] = [];
    for (const environment of scope.environments) {
      changes.push(await readChanges(source, { environment, period: part, position: scope.position, isShown }));
    }
    return changes.flat();
  };
  const incidents = await readIncidents(source, scope.position);
  const populationOf = async (part: Period, now: string, changes: readonly ReadChange[]): Promise<Population> => ({
    period: part,
    known: overlapOf(part, known),
    changes: changes.map(({ fact }) => fact).sort(byOccurrence),
    unplaced: await readUnplacedRefusals(source, part, scope.position),
    incidents,
    live: await fleetAt(scope, lastMomentOf(part), { source, views }),
    environments: scope.environments.map(({ name }) => name),
    now,
  });
  const shown = await changesIn(period, true);
  return {
    current: await populationOf(period, scope.now, shown),
    previous: await populationOf(before, before.to, await changesIn(before, false)),
    rows: shown.map(({ raw }) => raw),
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
