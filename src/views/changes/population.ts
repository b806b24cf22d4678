import type { DataSource } from 'typeorm';
import { readRows } from '../read-rows.js';
import { Change } from './entity.js';
import type { Arm, ChangeFilter } from './filter.js';
import { hintsOf, type Hints } from './hints.js';
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
  readonly #columns: string;
  readonly #hints: Hints;

  constructor(private readonly source: DataSource) {
    const { columns } = source.getMetadata(Change);
    const names = new Map(columns.map(({ propertyName, databaseName }) => [propertyName, databaseName]));
    this.#columns = RAW_COLUMNS.map((property) => names.get(property)).join(', ');
    this.#hints = hintsOf(source);
  }

  /** The next rows in order, at most `limit`. */
  async rows(filter: ChangeFilter, reading: Reading & { readonly limit: number }): Promise<RawChange[]> {
    return this.#read(await planOf(this.source, filter, reading), reading, reading.limit);
  }

  /** Every row, in chunks in order. */
  async *chunks(filter: ChangeFilter, reading: Reading): AsyncGenerator<RawChange[]> {
    const plan = await planOf(this.source, filter, reading);
    for (let after = reading.after; ;) {
      const rows = await this.#read(plan, { ...reading, after }, CHUNK_ROWS);
      if (rows.length > 0) yield rows;
      if (rows.length < CHUNK_ROWS) return;
      after = firstPositionOf(rows.at(-1));
    }
  }

  /** How many rows there are, or `most`, if there are at least so many. */
  async count(filter: ChangeFilter, position: number, most = Number.MAX_SAFE_INTEGER): Promise<number> {
    const { arms, conditions } = await planOf(this.source, filter, { position, order: 'asc' });
    const selects = arms.map((arm) => selectOf('1', arm, { conditions, hints: this.#hints }));
    const all = selects.map(({ sql }) => sql).join(' UNION ALL ');
    const [row] = await readRows<[number]>(
      this.source,
      `SELECT count(*) FROM (SELECT 1 FROM (${all}) every LIMIT ?) counted`,
      [...selects.flatMap(({ params }) => params), most],
    );
    return row?.[0] ?? 0;
  }

  async get(changeId: string): Promise<RawChange | undefined> {
    const [row] = await readRows<RawChange>(this.source, `SELECT ${this.#columns} FROM changes WHERE change_id = ?`, [
      changeId,
    ]);
    return row;
  }

  #read({ arms, conditions }: Plan, { order, after }: Reading, limit: number): Promise<RawChange[]> {
    const [low, high] = order === 'asc' ? [(after ?? -1) + 1, Infinity] : [0, (after ?? Infinity) - 1];
    const selects = arms
      .map((arm) => ({ ...arm, low: Math.max(arm.low, low), high: Math.min(arm.high, high) }))
      .map((arm) => selectOf(this.#columns, arm, { conditions, hints: this.#hints }));
    const all = selects.map(({ sql }) => (arms.length === 1 ? sql : this.#hints.merged(sql, order, limit)));
    const sql = `${all.join(' UNION ALL ')} ORDER BY 1 ${order} LIMIT ?`;
    return readRows<RawChange>(this.source, sql, [...selects.flatMap(({ params }) => params), limit]);
  }
}

/** It is the first of the columns. */
export const firstPositionOf = (row: RawChange | undefined): number | undefined => row?.[0] as number | undefined;

function selectOf(
  columns: string,
  { index = '', seek, check, low, high }: Arm,
  { conditions, hints }: { readonly conditions: Plan['conditions']; readonly hints: Hints },
) {
  const asked = [seek, ...(check ? [check] : []), ...conditions].filter(({ sql }) => sql !== '');
  const where = [...asked.map(({ sql }) => sql), 'first_position BETWEEN ? AND ?'].join(' AND ');
  return {
    sql: `SELECT ${columns} FROM changes${hints.by(index)} WHERE ${where}`,
    params: [...asked.flatMap(({ params }) => params), low, high],
  };
}
