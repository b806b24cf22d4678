import { createHash } from 'node:crypto';
import { configure } from 'safe-stable-stringify';
import type { DataSource } from 'typeorm';
import { Change } from '../../../views/changes/entity.js';
import { changeAt, type ChangeRow } from '../../../views/changes/queries.js';
import { sqliteHandle } from '../../../views/database.js';
import type { ReportScope } from '../scope.js';

/** With its keys sorted, what it writes of texts and whole numbers is their RFC 8785 form. */
const canonicalize = configure({ circularValue: Error, strict: true });

/** The whole population of a period, of which the first rows are kept. */
export interface Appendix {
  readonly count: number;
  /** SHA-256, in hex, over the rows of `GET /v1/changes` in RFC 8785 form, one a line, by ascending position. */
  readonly hash: string;
  readonly firstPosition: number | null;
  readonly lastPosition: number | null;
  /** The newest ones, at most so many as were asked for; the newest first. */
  readonly rows: readonly ChangeRow[];
}

/** Changes and refusals that began in the period, as `GET /v1/changes` tells them at the position. */
export function readAppendix(
  source: DataSource,
  { period: { from, to }, position, environments }: Pick<ReportScope, 'period' | 'position' | 'environments'>,
  rowsMax: number,
): Appendix {
  const columns = source
    .getMetadata(Change)
    .columns.map((column) => `"${column.databaseName}" AS "${column.propertyName}"`);
  const places = environments.map(() => '?').join(', ');
  const found = sqliteHandle(source)
    .prepare<unknown[], Change>(
      `SELECT ${columns.join(', ')} FROM changes
       WHERE started_occurred_at >= ? AND started_occurred_at < ? AND first_position <= ?
         AND (environment || '') IN (${places})
       ORDER BY first_position`,
    )
    .iterate(from, to, position, ...environments.map(({ name }) => name));
  const hash = createHash('sha256');
  const rows: ChangeRow[] = [];
  let [count, firstPosition, lastPosition]: [number, number | null, number | null] = [0, null, null];
  for (const change of found) {
    const row = changeAt(change, position);
    hash.update(`${canonicalize(row)}\n`);
    rows.push(row);
    if (rows.length === 2 * rowsMax) rows.splice(0, rowsMax);
    firstPosition ??= row.firstPosition;
    lastPosition = row.firstPosition;
    count++;
  }
  return { count, hash: hash.digest('hex'), firstPosition, lastPosition, rows: rows.slice(-rowsMax).reverse() };
}
