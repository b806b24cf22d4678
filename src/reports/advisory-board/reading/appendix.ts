import { rowAt, type ChangeRow, type RawChange } from '../../../views/changes/row.js';
import { PopulationTally } from '../../population/population.js';

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

/** Rows that are put into words at once. */
const CHUNK_ROWS = 1_000;

/** The rows that the period's metrics count, as `GET /v1/changes` tells them at the position. */
export function appendixOf(population: readonly RawChange[], position: number, rowsMax: number): Appendix {
  const sorted = [...population].sort((left, right) => firstPositionOf(left) - firstPositionOf(right));
  const tally = new PopulationTally();
  for (let from = 0; from < sorted.length; from += CHUNK_ROWS) {
    tally.add(sorted.slice(from, from + CHUNK_ROWS).map((raw) => rowAt(raw, position)));
  }
  const [first] = sorted;
  const last = sorted.at(-1);
  return {
    ...tally.result(),
    firstPosition: first ? firstPositionOf(first) : null,
    lastPosition: last ? firstPositionOf(last) : null,
    rows: sorted
      .slice(-rowsMax)
      .reverse()
      .map((raw) => rowAt(raw, position)),
  };
}

/** It is the first of the columns. */
const firstPositionOf = (raw: RawChange): number => Number(raw[0]);
