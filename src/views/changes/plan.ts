import type { DataSource } from 'typeorm';
import { readRows } from '../read-rows.js';
import { BLOCK_POSITIONS } from './entity.js';
import type { Arm, ChangeFilter, Condition, Part, Span } from './filter.js';
import { hintsOf } from './hints.js';
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

export interface Asked {
  readonly position: number;
  readonly order: 'asc' | 'desc';
}

/**
 * Chooses, for one filter as of one position, the index that leads past the fewest rows. The indexes themselves are
 * asked how many that is, by their first few rows in the span, since a database's own statistics are of the whole
 * table and of an earlier day, and a page deep in history must not be slower than the newest. SQLite is told to keep
 * to the choice; PostgreSQL may know better, and begins where the first of the rows is, whichever index it takes.
 */
export async function planOf(source: DataSource, filter: ChangeFilter, { position, order }: Asked): Promise<Plan> {
  const hints = hintsOf(source);
  const span = await spanOf(source, filter, position);
  const conditions = conditionsOf(filter, { position, hints });
  const longest = filter.outcome?.includes('in-progress') ? await maxBits(source) : 0;
  const parts = await probed(source, partsOf(filter, span, { position, maxBits: longest, hints }), order);
  const whole: Probed = {
    answers: [],
    arms: [{ ...span, seek: { sql: '', params: [] } }],
    rows: span.high - span.low + 1,
  };
  const { arms, answers } = parts.reduceRight((best, part) => (part.rows <= best.rows ? part : best), whole);
  return { arms, conditions: [...conditions].filter(([name]) => !answers.includes(name)).map(([, asked]) => asked) };
}

interface Probed extends Part {
  /** How many rows its arms are likely to lead past. */
  readonly rows: number;
}

/** Each part with what the first few rows of its arms tell: about how many there are, and between which positions. */
async function probed(source: DataSource, parts: readonly Part[], order: Asked['order']): Promise<Probed[]> {
  const arms = parts.flatMap((part) => part.arms);
  const probes: Probe[] = [];
  for (let start = 0; start < arms.length; start += PROBES_AT_ONCE) {
    probes.push(...(await probe(source, arms.slice(start, start + PROBES_AT_ONCE), order)));
  }
  let next = 0;
  return parts.map((part) => {
    const own = part.arms.map((arm) => ({ arm, probe: probes[next++] ?? NO_ROWS }));
    return {
      ...part,
      arms: own.map(({ arm, probe }) => (arm.isFleeting ? arm : { ...arm, ...narrowed(arm, probe, order) })),
      rows: own.reduce((rows, { arm, probe }) => rows + likelyRows(arm, probe, order), 0),
    };
  });
}

type Probe = readonly [number: number, rows: number, lowest: number | null, highest: number | null];

const NO_ROWS: Probe = [0, 0, null, null];

/** The first few rows, in the order, of each of the arms. */
async function probe(source: DataSource, arms: readonly Arm[], order: Asked['order']): Promise<Probe[]> {
  const { by } = hintsOf(source);
  const selects = arms.map(
    ({ index = '', seek }, number) =>
      `SELECT ${number}, count(*), min(first_position), max(first_position) FROM (
         SELECT first_position FROM changes${by(index)} WHERE ${seek.sql} AND first_position BETWEEN ? AND ?
         ORDER BY first_position ${order} LIMIT ${PROBE_ROWS}) p${number}`,
  );
  const params = arms.flatMap(({ seek, low, high }) => [...seek.params, low, high]);
  const found = await readRows<Probe>(source, selects.join(' UNION ALL '), params);
  return [...found].sort(([left], [right]) => left - right);
}

function likelyRows({ low, high }: Span, [, rows, lowest, highest]: Probe, order: Asked['order']): number {
  if (rows < PROBE_ROWS || lowest === null || highest === null) return rows;
  const seen = order === 'desc' ? high - lowest : highest - low;
  return (rows * (high - low + 1)) / (seen + 1);
}

/** The span without what the probe has shown to be empty. */
function narrowed({ low, high }: Span, [, rows, lowest, highest]: Probe, order: Asked['order']): Span {
  if (lowest === null || highest === null) return { low: 0, high: -1 };
  const isAll = rows < PROBE_ROWS;
  return {
    low: isAll || order === 'asc' ? lowest : low,
    high: isAll || order === 'desc' ? highest : high,
  };
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
