import type { DataSource } from 'typeorm';
import { isSqlite } from '../read-rows.js';

/** What a database is told about the indexes that it shall use. */
export interface Hints {
  /** After a table's name: this index and no other. None is named by the empty text. */
  readonly by: (index: string) => string;
  /** A column that no index shall be looked for. */
  readonly bare: (column: string) => string;
}

const SQLITE: Hints = { by: (index) => (index === '' ? '' : ` INDEXED BY ${index}`), bare: (column) => `+${column}` };

/** PostgreSQL takes no hints, and has statistics. */
const NONE: Hints = { by: () => '', bare: (column) => column };

export const hintsOf = (source: DataSource): Hints => (isSqlite(source) ? SQLITE : NONE);
