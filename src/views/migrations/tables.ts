import { Table, TableIndex, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** A table in shorthand. Columns end in `?` when they may be null; `#` marks a number, all others are texts. */
export interface TableSketch {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /**
   * Index name → its columns. A name that ends in `!` is unique; `?` leaves out rows without its first
   * column, `?name` those without the named one.
   */
  readonly indices?: Readonly<Record<string, readonly string[]>>;
}

/** Creates a table with the types and options that all of the views' tables have on either database. */
export async function createTable(
  runner: QueryRunner,
  { name, key, columns, indices = {} }: TableSketch,
): Promise<void> {
  const table = new Table({
    name,
    withoutRowid: true,
    columns: [
      ...key.map((column) => ({ ...columnOf(runner, column), isPrimary: true })),
      ...columns.map((column) => columnOf(runner, column)),
    ],
    indices: indicesOf(indices),
  });
  await runner.createTable(table);
}

/** Adds indices, in the same shorthand, to a table that is there. */
export async function createIndices(
  runner: QueryRunner,
  table: string,
  indices: NonNullable<TableSketch['indices']>,
): Promise<void> {
  await runner.createIndices(table, indicesOf(indices));
}

const indicesOf = (indices: NonNullable<TableSketch['indices']>): TableIndex[] =>
  Object.entries(indices).map(
    ([index, columnNames]) =>
      new TableIndex({
        name: index.replace(/[!?].*$/, ''),
        columnNames: [...columnNames],
        isUnique: index.endsWith('!'),
        ...(index.includes('?') && { where: `"${index.split('?')[1] || columnNames[0]}" IS NOT NULL` }),
      }),
  );

/** Texts are compared byte by byte: SQLite does so by itself, a PostgreSQL by its own language unless told. */
const columnOf = ({ dataSource }: QueryRunner, sketch: string): TableColumnOptions => ({
  name: sketch.replace(/[#?]/g, ''),
  type: sketch.includes('#') ? 'bigint' : 'text',
  isNullable: sketch.endsWith('?'),
  ...(dataSource.options.type === 'postgres' && !sketch.includes('#') && { collation: 'C' }),
});
