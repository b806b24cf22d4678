import type { DataSource } from 'typeorm';
import { readRows } from '../read-rows.js';
import { BLOCK_POSITIONS } from './entity.js';
import type { Arm, ChangeFilter, Condition, Part, Span } from './filter.js';
import { hintsOf, type Hints } from './hints.js';
import { conditionsOf, partsOf } from './parts.js';

/** Rows of an index that are looked at to tell how many it has. */
const PROBE_ROWS = 64;

/** As many arms as are probed by one statement: SQLite takes 500 parts of a union. */
const PROBES_AT_ONCE = 400;

/** How the rows of a filter are found: in arms that have no row in common, each in order, merged. */
export interface Plan {
  readonly arms: readonly Arm[];
  /** What is asked of each row besides. */
  readonly conditions: readonly Condition[];
}

/**
 * Chooses, for one filter as of one position, the index that leads past the fewest rows. The indexes themselves are
 * asked how many that is, by their first few rows in the span, since a database's own statistics are of the whole
 * table and of an earlier day, and a page deep in history must not be slower than the newest. SQLite is told to keep
 * to the choice; PostgreSQL, for which the arms open indexes that it could not merge by itself, may know better.
 */
export async function planOf(source: DataSource, filter: ChangeFilter, position: number): Promise<Plan> {
  const hints = hintsOf(source);
  const span = await spanOf(source, filter, position);
  const conditions = conditionsOf(filter, { position, hints });
  const longest = filter.outcome?.includes('in-progress') ? await maxBits(source) : 0;
  const parts = partsOf(filter, span, { position, maxBits: longest, hints });
  const { arms, answers } = await fewest(source, parts, span);
  return { arms, conditions: [...conditions].filter(([name]) => !answers.includes(name)).map(([, asked]) => asked) };
}

/** The part whose arms are likely to lead past the fewest rows; the earlier of equals, and the table itself last. */
async function fewest(source: DataSource, parts: readonly Part[], span: Span): Promise<Part> {
  const whole: Part = { answers: [], arms: [{ ...span, seek: { sql: '', params: [] } }] };
  const likely = await likelyRows(
    source,
    parts.flatMap(({ arms }) => arms),
  );
  let best = { part: whole, rows: Infinity };
  for (const part of [...parts, whole]) {
    const rows = part === whole ? span.high - span.low + 1 : sum(likely.splice(0, part.arms.length));
    if (rows < best.rows) best = { part, rows };
  }
  return best.part;
}

/** How many rows each of the arms has, by its first few. */
async function likelyRows(source: DataSource, arms: readonly Arm[]): Promise<number[]> {
  const hints = hintsOf(source);
  const likely: number[] = [];
  for (let start = 0; start < arms.length; start += PROBES_AT_ONCE) {
    const part = arms.slice(start, start + PROBES_AT_ONCE);
    const found = await readRows<[arm: number, rows: number, lowest: number | null]>(
      source,
      part.map((arm, index) => probe(arm, index, hints)).join(' UNION ALL '),
      part.flatMap(({ seek, low, high }) => [...seek.params, low, high]),
    );
    const counts = new Map(found.map(([index, rows, lowest]) => [index, { rows, lowest }]));
    likely.push(...part.map((arm, index) => extrapolated(arm, counts.get(index))));
  }
  return likely;
}

const probe = ({ index = '', seek }: Arm, number: number, hints: Hints): string =>
  `SELECT ${number}, count(*), min(first_position) FROM (
     SELECT first_position FROM changes${hints.by(index)}
     WHERE ${seek.sql} AND first_position BETWEEN ? AND ? ORDER BY first_position DESC LIMIT ${PROBE_ROWS}) p${number}`;

function extrapolated({ low, high }: Span, found: { rows: number; lowest: number | null } | undefined): number {
  const { rows, lowest } = found ?? { rows: 0, lowest: null };
  if (rows < PROBE_ROWS || lowest === null) return rows;
  return (rows * (high - low + 1)) / (high - lowest + 1);
}

async function maxBits(source: DataSource): Promise<number> {
  const [row] = await readRows<[number | null]>(source, 'SELECT max(open_bits) FROM changes');
  return row?.[0] ?? 0;
}

/** The positions between which all changes of the filter's window began. */
async function spanOf(source: DataSource, { clock, on, from, to }: ChangeFilter, position: number): Promise<Span> {
  if (clock === 'occurred') return occurredSpan(source, { on: on ?? 'started', from, to }, position);
  const before = async (time: string): Promise<number> => {
    const [row] = await readRows<[number]>(
      source,
      'SELECT first_position FROM changes WHERE started_at < ? ORDER BY started_at DESC, first_position DESC LIMIT 1',
      [time],
    );
    return row?.[0] ?? -1;
  };
  const high = to === undefined ? position : Math.min(position, await before(to));
  // What ended in the window may have begun before it.
  const earlier = on === 'finished' && from !== undefined ? 2 ** (await maxBits(source)) : 0;
  const low = from === undefined ? 0 : Math.max(0, (await before(from)) + 1 - earlier);
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
async function occurredSpan(source: DataSource, { on, from, to }: OccurredWindow, position: number): Promise<Span> {
  const within = [
    `${on}_occurred_at IS NOT NULL`,
    ...(from === undefined ? [] : [`${on}_occurred_at >= ?`]),
    ...(to === undefined ? [] : [`${on}_occurred_at < ?`]),
  ].join(' AND ');
  const params = [from, to].filter((time) => time !== undefined);
  const by = hintsOf(source).by(on === 'started' ? 'changes_by_block_start' : 'changes_by_block_finish');
  const last = Math.floor(position / BLOCK_POSITIONS);
  const outermost = async (start: number, step: 1 | -1): Promise<number | undefined> => {
    const [row] = await readRows<[number]>(
      source,
      `WITH RECURSIVE walk (block) AS (
         SELECT ${start} UNION ALL SELECT block + (${step}) FROM walk WHERE block BETWEEN 0 AND ${last} AND NOT EXISTS (
           SELECT 1 FROM changes${by} WHERE changes.block = walk.block AND ${within}))
       SELECT block FROM walk ORDER BY block * (${step}) DESC LIMIT 1`,
      params,
    );
    return row?.[0];
  };
  const highest = (await outermost(last, -1)) ?? -1;
  if (highest < 0) return { low: 0, high: -1 };
  const lowest = (await outermost(0, 1)) ?? 0;
  return { low: lowest * BLOCK_POSITIONS, high: Math.min(position, (highest + 1) * BLOCK_POSITIONS - 1) };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
