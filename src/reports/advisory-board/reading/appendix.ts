import type { ChangeRow } from '../../../views/changes/row.js';
import type { ViewQueries } from '../../../views/queries.js';
import { PopulationTally, readPopulation } from '../../population/population.js';
import type { ReportScope } from '../scope.js';

/** The whole population of a period, of which the newest rows are kept. */
export interface Appendix {
  readonly count: number;
  /** SHA-256, in hex, over the rows of `GET /v1/changes` in RFC 8785 form, one a line, by ascending position. */
  readonly hash: string;
  readonly firstPosition: number | null;
  readonly lastPosition: number | null;
  /** At most so many as were asked for, the newest first. */
  readonly rows: readonly ChangeRow[];
}

/** Changes and refusals that ended in the period, as `GET /v1/changes` tells them at the position. */
export function readAppendix(
  views: ViewQueries,
  { period: { from, to }, position, environments }: Pick<ReportScope, 'period' | 'position' | 'environments'>,
  rowsMax: number,
): Appendix {
  const environment = environments.map(({ name }) => name);
  const filter = { environment, clock: 'occurred', on: 'finished', from, to } as const;
  const tally = new PopulationTally();
  let first: ChangeRow | undefined;
  let kept: ChangeRow[] = [];
  for (const rows of readPopulation(views, { filter, position })) {
    tally.add(rows);
    first ??= rows[0];
    kept = [...kept, ...rows].slice(-rowsMax);
  }
  const last = kept.at(-1);
  return {
    ...tally.result(),
    firstPosition: first?.firstPosition ?? null,
    lastPosition: last?.firstPosition ?? null,
    rows: kept.reverse(),
  };
}
