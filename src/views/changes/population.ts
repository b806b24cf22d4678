import type { Database } from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import { sqliteHandle } from '../database.js';
import { Change } from './entity.js';
import type { Arm, ChangeFilter } from './filter.js';
import { planOf, type Plan } from './plan.js';
import { RAW_COLUMNS, type RawChange } from './row.js';

/** Rows that are read at once; none of the database's log is held in between, however slowly they are taken. */
const CHUNK_ROWS = 2_000;

export interface Reading {
  readonly position: number;
  readonly order: 'asc' | 'desc';
  /** First position after which (in the order) the rows begin. */
  readonly after?: number | undefined;
}

/** The rows of the changes' table that a filter has, by plain SQL: entities would take most of the time. */
export class Population {
  readonly #database: Database;
  readonly #columns: string;

  constructor(source: DataSource) {
    this.#database = sqliteHandle(source);
    const { columns } = source.getMetadata(Change);
    const names = new Map(columns.map(({ propertyName, databaseName }) => [propertyName, databaseName]));
    this.#columns = RAW_COLUMNS.map((property) => names.get(property)).join(', ');
  }

  /** The next rows in order, at most `limit`. */
  rows(filter: ChangeFilter, reading: Reading & { readonly limit: number }): RawChange[] {
    return this.#read(planOf(this.#database, filter, reading.position), reading, reading.limit);
  }

  /** Every row, in chunks in order. */
  *chunks(filter: ChangeFilter, reading: Reading): Generator<RawChange[]> {
    const plan = planOf(this.#database, filter, reading.position);
    for (let after = reading.after; ;) {
      const rows = this.#read(plan, { ...reading, after }, CHUNK_ROWS);
      if (rows.length > 0) yield rows;
      if (rows.length < CHUNK_ROWS) return;
      after = firstPositionOf(rows.at(-1));
    }
  }

  /** How many rows there are, or `most`, if there are at least so many. */
  count(filter: ChangeFilter, position: number, most = Number.MAX_SAFE_INTEGER): number {
    const { arms, conditions } = planOf(this.#database, filter, position);
    const selects = arms.map((arm) => selectOf('1', arm, conditions));
    const sql = `SELECT count(*) FROM (SELECT 1 FROM (${selects.map(({ sql }) => sql).join(' UNION ALL ')}) LIMIT ?)`;
    const params = selects.flatMap(({ params }) => params);
    return (
      this.#database
        .prepare<unknown[], number>(sql)
        .pluck()
        .get(...params, most) ?? 0
    );
  }

  get(changeId: string): RawChange | undefined {
    const found = this.#database.prepare<[string]>(`SELECT ${this.#columns} FROM changes WHERE change_id = ?`);
    return found.raw().get(changeId) as RawChange | undefined;
  }

  #read({ arms, conditions }: Plan, { order, after }: Reading, limit: number): RawChange[] {
    const [low, high] = order === 'asc' ? [(after ?? -1) + 1, Infinity] : [0, (after ?? Infinity) - 1];
    const selects = arms
      .map((arm) => ({ ...arm, low: Math.max(arm.low, low), high: Math.min(arm.high, high) }))
      .map((arm) => selectOf(this.#columns, arm, conditions));
    const sql = `${selects.map(({ sql }) => sql).join(' UNION ALL ')} ORDER BY 1 ${order} LIMIT ?`;
    const params = selects.flatMap(({ params }) => params);
    return this.#database
      .prepare<unknown[]>(sql)
      .raw()
      .all(...params, limit) as RawChange[];
  }
}

/** It is the first of the columns. */
export const firstPositionOf = (row: RawChange | undefined): number | undefined => row?.[0] as number | undefined;

function selectOf(columns: string, { index, seek, check, low, high }: Arm, conditions: Plan['conditions']) {
  const asked = [seek, ...(check ? [check] : []), ...conditions].filter(({ sql }) => sql !== '');
  const by = index === undefined ? '' : ` INDEXED BY ${index}`;
  const where = [...asked.map(({ sql }) => sql), 'first_position BETWEEN ? AND ?'].join(' AND ');
  return {
    sql: `SELECT ${columns} FROM changes${by} WHERE ${where}`,
    params: [...asked.flatMap(({ params }) => params), low, high],
  };
}
