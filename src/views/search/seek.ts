import type { DataSource } from 'typeorm';
import { readRows } from '../read-rows.js';

/** A column that an index begins with, followed by the position at which its row began. */
export interface SearchField {
  readonly table: string;
  readonly column: string;
  readonly position: 'position' | 'first_position';
}

export interface SearchBounds {
  readonly position: number;
  readonly limit: number;
  /** Rows of one value at most; as many as there is room for, if it is left out. */
  readonly perValue?: number;
}

interface Found<Row> {
  readonly row: Row;
  /** What stands in the column. */
  readonly value: string;
}

export interface Seen<Row> {
  readonly found: Found<Row>[];
  /** There is, or may be, more than was looked at. */
  readonly more: boolean;
}

/** Different values that one search of one column looks at: what begins with one letter can be half of the ledger. */
const MOST_VALUES = 200;

/** Sorts behind every text that begins with the prefix, in the order of bytes that both databases keep. */
const LAST = '\u{10FFFF}';

/**
 * The newest rows of each value that begins with one of the prefixes, in the order of the values, so that the prefix
 * itself comes first. Every step is an index seek: from one value to the next, and to its newest rows by the position.
 */
export async function seek<Row>(
  source: DataSource,
  field: SearchField,
  prefixes: readonly string[],
  { position, limit, perValue = limit + 1 }: SearchBounds,
): Promise<Seen<Row>> {
  const found: Found<Row>[] = [];
  for (const prefix of new Set(prefixes)) {
    const values = await valuesWith(source, field, prefix);
    for (const value of values) {
      const room = Math.min(perValue, limit - found.length + 1);
      const rows = await newest<Row>(source, { field, value, position, limit: room });
      found.push(...rows.map((row) => ({ row, value })));
      if (found.length > limit) return { found: found.slice(0, limit), more: true };
    }
    if (values.length === MOST_VALUES) return { found, more: true };
  }
  return { found, more: false };
}

async function valuesWith(source: DataSource, { table, column }: SearchField, prefix: string): Promise<string[]> {
  const next = (after: string) =>
    `(SELECT ${column} FROM ${table} WHERE ${column} ${after} AND ${column} < ? ORDER BY ${column} LIMIT 1)`;
  const end = `${prefix}${LAST}`;
  const rows = await readRows<[value: string]>(
    source,
    `WITH RECURSIVE seek(value, n) AS (
       SELECT ${next('>= ?')}, 1
       UNION ALL
       SELECT ${next('> seek.value')}, n + 1 FROM seek WHERE value IS NOT NULL AND n < ${MOST_VALUES}
     )
     SELECT value FROM seek WHERE value IS NOT NULL`,
    [prefix, end, end],
  );
  return rows.map(([value]) => value);
}

interface Newest {
  readonly field: SearchField;
  readonly value: string;
  readonly position: number;
  readonly limit: number;
}

function newest<Row>(source: DataSource, { field, value, position, limit }: Newest): Promise<Row[]> {
  const { table, column, position: at } = field;
  return source.sql<Row[]>`
    SELECT * FROM ${() => table} WHERE ${() => column} = ${value} AND ${() => at} <= ${position}
    ORDER BY ${() => at} DESC LIMIT ${limit}`;
}
