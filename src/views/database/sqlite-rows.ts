import type { Database, Statement } from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import {
  MissingRowError,
  type EntityClass,
  type KeyValue,
  type RowUpdate,
  type RowWriter,
  type Table,
} from '../rows.js';

interface Shape {
  readonly table: string;
  /** Property of the entity → column, quoted. */
  readonly columns: ReadonlyMap<string, string>;
}

/**
 * Rows by prepared statements on the driver's own handle: a TypeORM repository's insert takes forty times as long.
 * Tables and columns come from the entities, so that there is one description of them.
 */
export class SqliteRowWriter implements RowWriter {
  readonly #shapes = new Map<EntityClass, Shape>();
  readonly #statements = new Map<string, Statement<unknown[]>>();

  constructor(
    private readonly source: DataSource,
    private readonly database: Database,
  ) {}

  insert<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void> {
    return this.#insert(table, rows, '');
  }

  insertIfAbsent<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void> {
    return this.#insert(table, rows, ' ON CONFLICT DO NOTHING');
  }

  update<Row extends object>(table: Table<Row>, updates: readonly RowUpdate<Row>[]): Promise<void> {
    const shape = this.#shapeOf(table.entity);
    for (const { key, changes } of updates) {
      const entries = Object.entries(changes);
      const set = entries.map(([property]) => `${columnOf(shape, property)} = ?`).join(', ');
      const statement = this.#prepare(`UPDATE ${shape.table} SET ${set} WHERE ${this.#matching(table.key, shape)}`);
      const { changes: updated } = statement.run(...entries.map(([, value]) => value), ...key);
      if (updated !== 1) throw new MissingRowError(shape.table, key);
    }
    return Promise.resolve();
  }

  delete<Row extends object>(table: Table<Row>, keys: readonly (readonly KeyValue[])[]): Promise<void> {
    if (keys.length === 0) return Promise.resolve();
    const shape = this.#shapeOf(table.entity);
    const statement = this.#prepare(`DELETE FROM ${shape.table} WHERE ${this.#matching(table.key, shape)}`);
    for (const key of keys) statement.run(...key);
    return Promise.resolve();
  }

  find<Row extends object>(
    { entity, key: keyColumns }: Table<Row>,
    keys: readonly (readonly KeyValue[])[],
    latestBy?: keyof Row & string,
  ): Promise<(Row | undefined)[]> {
    const shape = this.#shapeOf(entity);
    const selected = [...shape.columns].map(([property, column]) => `${column} AS "${property}"`).join(', ');
    const matching = this.#matching(
      keyColumns.filter((column) => column !== latestBy),
      shape,
    );
    const newest = latestBy ? ` ORDER BY ${columnOf(shape, latestBy)} DESC LIMIT 1` : '';
    const statement = this.#prepare(`SELECT ${selected} FROM ${shape.table} WHERE ${matching}${newest}`);
    return Promise.resolve(keys.map((key) => statement.get(...key) as Row | undefined));
  }

  empty(entity: EntityClass): Promise<void> {
    this.database.exec(`DELETE FROM ${this.#shapeOf(entity).table}`);
    return Promise.resolve();
  }

  #insert<Row extends object>({ entity }: Table<Row>, rows: readonly Row[], onConflict: string): Promise<void> {
    if (rows.length === 0) return Promise.resolve();
    const { table, columns } = this.#shapeOf(entity);
    const names = [...columns.values()].join(', ');
    const statement = this.#prepare(
      `INSERT INTO ${table} (${names}) VALUES (${[...columns].map(() => '?').join(', ')})${onConflict}`,
    );
    const properties = [...columns.keys()] as (keyof Row)[];
    for (const row of rows) statement.run(...properties.map((property) => row[property]));
    return Promise.resolve();
  }

  #matching(key: readonly string[], shape: Shape): string {
    return key.map((property) => `${columnOf(shape, property)} = ?`).join(' AND ');
  }

  #shapeOf(entity: EntityClass): Shape {
    const known = this.#shapes.get(entity);
    if (known) return known;
    const metadata = this.source.getMetadata(entity);
    const shape = {
      table: `"${metadata.tableName}"`,
      columns: new Map(metadata.columns.map(({ propertyName, databaseName }) => [propertyName, `"${databaseName}"`])),
    };
    this.#shapes.set(entity, shape);
    return shape;
  }

  #prepare(sql: string): Statement<unknown[]> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.database.prepare<unknown[]>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function columnOf(shape: Shape, property: string): string {
  const column = shape.columns.get(property);
  if (column === undefined) throw new Error(`${shape.table} has no column for ${property}`);
  return column;
}
