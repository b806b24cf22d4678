import type { DataSource } from 'typeorm';
import { sqliteHandle } from './database.js';

export type Value = string | number | null;

/** As much of PostgreSQL's driver as is used here. */
interface Pool {
  query(asked: { text: string; values: readonly Value[]; rowMode: 'array' }): Promise<{ rows: Value[][] }>;
}

/**
 * Reads by plain SQL, each row as an array: where whole populations go through, entities, and even objects, would cost
 * more than the reading. Each `?` stands for the next of the parameters, which is all that the two databases' SQL may
 * differ in; {@link isSqlite} is for those who give one of them a hint.
 */
export async function readRows<Row extends readonly Value[]>(
  source: DataSource,
  sql: string,
  params: readonly Value[] = [],
): Promise<Row[]> {
  if (isSqlite(source)) {
    return sqliteHandle(source)
      .prepare<unknown[]>(sql)
      .raw()
      .all(...params) as Row[];
  }
  const { rows } = await poolOf(source).query({ text: numbered(sql), values: params, rowMode: 'array' });
  return rows as readonly (readonly Value[])[] as Row[];
}

export const isSqlite = (source: DataSource): boolean => source.options.type === 'better-sqlite3';

const poolOf = (source: DataSource): Pool => (source.driver as unknown as { readonly master: Pool }).master;

/** PostgreSQL's form of parameters: `$1`, `$2` and so on. */
function numbered(sql: string): string {
  let n = 0;
  return sql.replaceAll('?', () => `$${++n}`);
}
