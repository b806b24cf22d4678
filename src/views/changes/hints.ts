import type { DataSource } from 'typeorm';
import { isSqlite } from '../read-rows.js';

/** What a database is told about the way that it shall take. */
export interface Hints {
  /** After a table's name: this index and no other. None is named by the empty text. */
  readonly by: (index: string) => string;
  /** A column that no index shall be looked for. */
  readonly bare: (column: string) => string;
  /** One of several selects whose rows are merged in the order of their first column, of which so many are wanted. */
  readonly merged: (select: string, order: 'asc' | 'desc', limit: number) => string;
}

const SQLITE: Hints = {
  by: (index) => (index === '' ? '' : ` INDEXED BY ${index}`),
  bare: (column) => `+${column}`,
  merged: (select) => select,
};

/** PostgreSQL has statistics and takes no hints, but merges only what is in order already. */
const POSTGRES: Hints = {
  by: () => '',
  bare: (column) => column,
  merged: (select, order, limit) => `(${select} ORDER BY 1 ${order} LIMIT ${limit})`,
};

export const hintsOf = (source: DataSource): Hints => (isSqlite(source) ? SQLITE : POSTGRES);
