import type { QueryResult } from 'typeorm';
import {
  MissingRowError,
  type EntityClass,
  type KeyValue,
  type RowUpdate,
  type RowWriter,
  type Table,
} from '../rows.js';
import { columnsOf, type ShapedColumn, type TableShapes } from './table-shapes.js';

/** A statement on the connection that writes. */
type Run = (sql: string, values: unknown[]) => Promise<QueryResult>;

/** Rows a statement: an array of each column's values is one value to the server. */
const CHUNK_ROWS = 5_000;

/**
 * Rows by statements that take all of them at once, as arrays: the way to the server and back takes longer than a row.
 */
export class PostgresRowWriter implements RowWriter {
  constructor(
    private readonly shapes: TableShapes,
    private readonly run: Run,
  ) {}

  insert<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void> {
    return this.#insert(table, rows, '');
  }

  insertIfAbsent<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void> {
    return this.#insert(table, rows, ' ON CONFLICT DO NOTHING');
  }

  async update<Row extends object>(table: Table<Row>, updates: readonly RowUpdate<Row>[]): Promise<void> {
    for (const alike of grouped(updates)) {
      for (const chunk of chunked(alike)) await this.#update(table, chunk);
    }
  }

  async delete<Row extends object>(table: Table<Row>, keys: readonly (readonly KeyValue[])[]): Promise<void> {
    const shape = this.shapes.of(table.entity);
    const key = columnsOf(shape, table.key);
    for (const chunk of chunked(keys)) {
      await this.run(
        `DELETE FROM ${shape.table} AS t USING ${unnest(key)} AS u(${aliases(key)}) WHERE ${matching(key)}`,
        transposed(key, chunk),
      );
    }
  }

  async find<Row extends object>(
    { entity, key: keyColumns }: Table<Row>,
    keys: readonly (readonly KeyValue[])[],
    latestBy?: keyof Row & string,
  ): Promise<(Row | undefined)[]> {
    const shape = this.shapes.of(entity);
    const key = columnsOf(
      shape,
      keyColumns.filter((column) => column !== latestBy),
    );
    const selected = shape.columns.map(({ property, name }) => `t.${name} AS "${property}"`).join(', ');
    const [latest] = latestBy ? columnsOf(shape, [latestBy]) : [];
    const newest = latest ? ` ORDER BY t.${latest.name} DESC` : '';
    const found: (Row | undefined)[] = [];
    for (const chunk of chunked(keys)) {
      const { records } = await this.run(
        `SELECT u.n AS "#", r.* FROM ${unnest(key)} WITH ORDINALITY AS u(${aliases(key)}, n) CROSS JOIN LATERAL
         (SELECT ${selected} FROM ${shape.table} AS t WHERE ${matching(key)}${newest} LIMIT 1) AS r`,
        transposed(key, chunk),
      );
      const byNumber = new Map((records as ({ '#': number } & Row)[]).map(({ '#': n, ...row }) => [n, row]));
      for (let n = 1; n <= chunk.length; n++) found.push(byNumber.get(n) as Row | undefined);
    }
    return found;
  }

  async empty(entity: EntityClass): Promise<void> {
    await this.run(`TRUNCATE ${this.shapes.of(entity).table}`, []);
  }

  async #insert<Row extends object>({ entity }: Table<Row>, rows: readonly Row[], onConflict: string): Promise<void> {
    const { table, columns } = this.shapes.of(entity);
    const names = columns.map(({ name }) => name).join(', ');
    for (const chunk of chunked(rows)) {
      const values = columns.map(({ property }) => chunk.map((row) => row[property as keyof Row] ?? null));
      await this.run(`INSERT INTO ${table} (${names}) SELECT * FROM ${unnest(columns)}${onConflict}`, values);
    }
  }

  /** All of them change the same columns. */
  async #update<Row extends object>(table: Table<Row>, updates: readonly RowUpdate<Row>[]): Promise<void> {
    const shape = this.shapes.of(table.entity);
    const key = columnsOf(shape, table.key);
    const changed = columnsOf(shape, Object.keys(updates[0]?.changes ?? {}));
    const set = changed.map(({ name }, index) => `${name} = u.k${key.length + index}`).join(', ');
    const values = updates.map((update) => [
      ...update.key,
      ...changed.map(({ property }) => (update.changes[property as keyof Row] ?? null) as KeyValue | null),
    ]);
    const given = [...key, ...changed];
    const { affected } = await this.run(
      `UPDATE ${shape.table} AS t SET ${set} FROM ${unnest(given)} AS u(${aliases(given)}) WHERE ${matching(key)}`,
      transposed(given, values),
    );
    if (affected === updates.length) return;
    const found = await this.find(
      table,
      updates.map((update) => update.key),
    );
    const missing = updates[found.indexOf(undefined)];
    throw new MissingRowError(shape.table, missing?.key ?? []);
  }
}

/** The rows that the parameters hold, an array for each of the columns. */
const unnest = (columns: readonly ShapedColumn[]): string =>
  `unnest(${columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')})`;

const aliases = (columns: readonly ShapedColumn[]): string => columns.map((_, index) => `k${index}`).join(', ');

const matching = (key: readonly ShapedColumn[]): string =>
  key.map(({ name }, index) => `t.${name} = u.k${index}`).join(' AND ');

const transposed = (columns: readonly ShapedColumn[], rows: readonly (readonly (KeyValue | null)[])[]): unknown[][] =>
  columns.map((_, index) => rows.map((row) => row[index] ?? null));

function grouped<Row extends object>(updates: readonly RowUpdate<Row>[]): RowUpdate<Row>[][] {
  const groups = new Map<string, RowUpdate<Row>[]>();
  for (const update of updates) {
    const columns = Object.keys(update.changes).sort().join(' ');
    const group = groups.get(columns);
    if (group) group.push(update);
    else groups.set(columns, [update]);
  }
  return [...groups.values()];
}

function* chunked<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += CHUNK_ROWS) yield items.slice(from, from + CHUNK_ROWS);
}
