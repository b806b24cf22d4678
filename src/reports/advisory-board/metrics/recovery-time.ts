import { blames, switchesOf, type ChangeFact, type IncidentFact, type Population } from '../facts.js';
import { Sorting, type Measure } from '../figure.js';
import { median, secondsBetween } from '../numbers.js';
import { durationFigure } from './lead-time.js';

/** Median of (recovered − failing switch). */
export const recoveryTime: Measure = (population) =>
  durationFigure(recoveries(population), median, 'no switch that failed and recovered');

/** Looked at: switches that failed, and the period's incidents that blame no change. */
function recoveries(population: Population): Sorting {
  const sorting = new Sorting();
  const blamedBy = blames(population);
  for (const change of switchesOf(population)) {
    const incidents = blamedBy.get(change.changeId) ?? [];
    if (change.rolledBackAt === null && incidents.length === 0) continue;
    const recoveredAt = recoveryOf(change, incidents);
    if (recoveredAt === null) sorting.leave(change, 'not-recovered-yet');
    else if (recoveredAt < change.occurredAt) sorting.leave(change, 'recovered-before-switch');
    else sorting.count(change, 'failed and recovered', secondsBetween(change.occurredAt, recoveredAt));
  }
  for (const incident of incidentsWithoutChange(population)) sorting.leave(incident, 'no-change-blamed');
  return sorting;
}

/** The roll-back, or the end of the last incident, whichever came first; an open incident has no end. */
function recoveryOf({ rolledBackAt }: ChangeFact, incidents: readonly IncidentFact[]): string | null {
  const ends = incidents.map(({ resolvedAt }) => resolvedAt);
  const last = ends.includes(null) ? null : (ends.toSorted().at(-1) ?? null);
  if (rolledBackAt === null || last === null) return rolledBackAt ?? last;
  return rolledBackAt < last ? rolledBackAt : last;
}

const incidentsWithoutChange = ({ incidents, environments, period: { from, to } }: Population): IncidentFact[] =>
  incidents.filter(
    ({ changeId, environment, startedAt }) =>
      changeId === null &&
      (environment === null || environments.includes(environment)) &&
      startedAt >= from &&
      startedAt < to,
  );
