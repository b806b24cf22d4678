import { compareCodeUnits } from '../../views/order.js';
import type { EnvironmentRow } from '../../views/environments/queries.js';
import type { ViewQueries } from '../../views/queries.js';
import type { ReportAddress } from '../document/document.js';
import type { Period } from './period.js';

/** What a report is about, found out from its address. */
export interface ReportScope {
  readonly address: ReportAddress;
  readonly period: Period;
  readonly position: number;
  /** When the ledger took the position's event. */
  readonly recordedAt: string;
  /** To which ages are counted: the period's end, or `recordedAt` where that is earlier. */
  readonly now: string;
  /** Sorted by name. */
  readonly environments: readonly EnvironmentRow[];
  /** These, and those that they promote from through any number of stages; each stage stands before the next one. */
  readonly stages: readonly EnvironmentRow[];
}

export async function scopeOf(address: ReportAddress, views: ViewQueries): Promise<ReportScope> {
  const { position, from, to } = address;
  const recordedAt = await views.events.timeOf(position);
  if (recordedAt === undefined) throw new Error(`the views have no event at position ${position}`);
  const known = await views.environments.list(position);
  const environments = known.filter(({ name }) => address.environments.includes(name));
  return {
    ...{ address, period: { from, to }, position, recordedAt },
    now: recordedAt < to ? recordedAt : to,
    environments: environments.sort((left, right) => compareCodeUnits(left.name, right.name)),
    stages: stagesOf(environments, known),
  };
}

/** Environments may share their stages, and each is named once. */
function stagesOf(environments: readonly EnvironmentRow[], known: readonly EnvironmentRow[]): EnvironmentRow[] {
  const byName = new Map(known.map((environment) => [environment.name, environment]));
  const stages = new Map<string, EnvironmentRow>();
  for (const environment of environments) {
    const path: EnvironmentRow[] = [];
    for (let next: EnvironmentRow | undefined = environment; next && !path.includes(next);) {
      path.unshift(next);
      next = next.promotesFrom === undefined ? undefined : byName.get(next.promotesFrom);
    }
    for (const stage of path) stages.set(stage.name, stage);
  }
  return [...stages.values()];
}
