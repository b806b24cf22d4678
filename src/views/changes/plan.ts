import type { Database } from 'better-sqlite3';
import { BLOCK_POSITIONS } from './entity.js';
import type { Arm, ChangeFilter, Condition, Part, Span } from './filter.js';
import { conditionsOf, partsOf } from './parts.js';

/** Rows of an index that are looked at to tell how many it has. */
const PROBE_ROWS = 64;

/** How the rows of a filter are found: in arms that have no row in common, each in order, merged. */
export interface Plan {
  readonly arms: readonly Arm[];
  /** What is asked of each row besides. */
  readonly conditions: readonly Condition[];
}

/**
 * Chooses, for one filter as of one position, the index that leads past the fewest rows. The indexes themselves are
 * asked how many that is, by their first few rows in the span, since a database's own statistics are of the whole
 * table and of an earlier day, and a page deep in history must not be slower than the newest.
 */
export function planOf(database: Database, filter: ChangeFilter, position: number): Plan {
  const span = spanOf(database, filter, position);
  const conditions = conditionsOf(filter, position);
  const bounds = { position, maxBits: filter.outcome?.includes('in-progress') ? maxBits(database) : 0 };
  const whole: Part = { answers: [], arms: [{ ...span, seek: { sql: '', params: [] } }] };
  const [first, ...others] = [...partsOf(filter, span, bounds), whole];
  let best = { part: first ?? whole, rows: others.length === 0 ? 0 : rowsOf(database, first ?? whole, Infinity) };
  for (const part of others) {
    const rows = rowsOf(database, part, best.rows);
    if (rows < best.rows) best = { part, rows };
  }
  const { arms, answers } = best.part;
  return { arms, conditions: [...conditions].filter(([name]) => !answers.includes(name)).map(([, asked]) => asked) };
}

/** How many rows the part's arms are likely to lead past; not told exactly once there are more than `enough`. */
function rowsOf(database: Database, { arms }: Part, enough: number): number {
  let rows = 0;
  for (const arm of arms) {
    if (rows >= enough) return rows;
    rows += arm.index === undefined ? arm.high - arm.low + 1 : likelyRows(database, arm);
  }
  return rows;
}

function likelyRows(database: Database, { index, seek, low, high }: Arm): number {
  const { rows, lowest } = database
    .prepare<unknown[], { rows: number; lowest: number | null }>(
      `SELECT count(*) AS rows, min(first_position) AS lowest FROM (
         SELECT first_position FROM changes INDEXED BY ${index}
         WHERE ${seek.sql} AND first_position BETWEEN ? AND ? ORDER BY first_position DESC LIMIT ${PROBE_ROWS})`,
    )
    .get(...seek.params, low, high) ?? { rows: 0, lowest: null };
  if (rows < PROBE_ROWS || lowest === null) return rows;
  return (rows * (high - low + 1)) / (high - lowest + 1);
}

const maxBits = (database: Database): number =>
  database.prepare<[], number | null>('SELECT max(open_bits) FROM changes').pluck().get() ?? 0;

/** The positions between which all changes of the filter's window began. */
function spanOf(database: Database, { clock, on, from, to }: ChangeFilter, position: number): Span {
  if (clock === 'occurred') return occurredSpan(database, { on: on ?? 'started', from, to }, position);
  const before = (time: string): number =>
    database
      .prepare<[string], number>(
        'SELECT first_position FROM changes WHERE started_at < ? ORDER BY started_at DESC, first_position DESC LIMIT 1',
      )
      .pluck()
      .get(time) ?? -1;
  const high = to === undefined ? position : Math.min(position, before(to));
  // What ended in the window may have begun before it.
  const earlier = on === 'finished' && from !== undefined ? 2 ** maxBits(database) : 0;
  const low = from === undefined ? 0 : Math.max(0, before(from) + 1 - earlier);
  return { low, high };
}

interface OccurredWindow {
  readonly on: 'started' | 'finished';
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/**
 * The pipelines' clocks need not agree with the order of the ledger, but mostly do: the first and the last block of
 * positions that have a row in the window bound where its rows are.
 */
function occurredSpan(database: Database, { on, from, to }: OccurredWindow, position: number): Span {
  const within = [
    `${on}_occurred_at IS NOT NULL`,
    ...(from === undefined ? [] : [`${on}_occurred_at >= @from`]),
    ...(to === undefined ? [] : [`${on}_occurred_at < @to`]),
  ].join(' AND ');
  const index = on === 'started' ? 'changes_by_block_start' : 'changes_by_block_finish';
  const last = Math.floor(position / BLOCK_POSITIONS);
  const outermost = (start: number, step: 1 | -1): number | undefined =>
    database
      .prepare<object, number>(
        `WITH RECURSIVE walk (block) AS (
           SELECT ${start} UNION ALL SELECT block + (${step}) FROM walk WHERE block BETWEEN 0 AND ${last} AND NOT EXISTS (
             SELECT 1 FROM changes INDEXED BY ${index} WHERE changes.block = walk.block AND ${within}))
         SELECT block FROM walk ORDER BY block * (${step}) DESC LIMIT 1`,
      )
      .pluck()
      .get({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  const highest = outermost(last, -1) ?? -1;
  if (highest < 0) return { low: 0, high: -1 };
  const lowest = outermost(0, 1) ?? 0;
  return { low: lowest * BLOCK_POSITIONS, high: Math.min(position, (highest + 1) * BLOCK_POSITIONS - 1) };
}
