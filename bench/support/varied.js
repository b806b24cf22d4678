import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * A copy of a grown ledger whose population of changes has the variety of a real one, in a tenth of the time that
 * telling it would take: the load knows one way to change only. The rows of the view are changed in place, every nth
 * of them to something rarer; the ledger stays what it was, and indexes are made anew by the server that starts on it.
 */
export function varyPopulation(from, folder) {
  for (const file of ['ledger.db', 'views.db']) copyFileSync(join(from, file), join(folder, file));
  const database = new Database(join(folder, 'views.db'));
  const indexes = database
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%' AND tbl_name = 'changes'",
    )
    .pluck()
    .all();
  for (const name of indexes) database.exec(`DROP INDEX "${name}"`);
  database.exec(`BEGIN; ${VARIETY.join(';')}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`);
  const counts = database.prepare('SELECT count(*) AS rows, max(first_position) AS head FROM changes').get();
  database.close();
  return counts;
}

/** A number of 16 bits by position, without a pattern that the load's own turns could agree with. */
const any = (salt) => `((((first_position + ${salt}) * 2654435761) >> 13) & 65535)`;

const spanOf = `(1 + ${any(1)} % 700)`;

/** Statements that SQLite and PostgreSQL take alike. */
export const VARIETY = [
  `UPDATE changes SET
    layer = CASE WHEN ${any(2)} % 1000 < 2 THEN 'os' WHEN ${any(2)} % 50 < 2 THEN 'configuration' ELSE layer END,
    kind = CASE WHEN ${any(3)} % 997 = 3 THEN 'rollback' WHEN ${any(3)} % 101 = 3 THEN 'retirement' ELSE kind END,
    actor = 'actor-' || (${any(4)} % 40),
    pipeline = 'pipeline-' || (${any(5)} % 25),
    ticket = 'CHG-' || (first_position / 40)`,
  `UPDATE changes SET type = CASE WHEN ${any(6)} % 499 = 1 THEN 'emergency' WHEN ${any(6)} % 4 = 1 THEN 'normal'
    ELSE type END, effect = CASE WHEN ${any(7)} % 61 = 1 THEN 'none' ELSE effect END
    WHERE final_outcome <> 'refused'`,
  `UPDATE changes SET strategy = 'blue-green', finished_position = first_position + ${spanOf},
    open_bits = CASE ${[10, 9, 8, 7, 6, 5, 4, 3, 2].map((bits) => `WHEN ${spanOf} >= ${2 ** (bits - 1)} THEN ${bits}`).join(' ')} ELSE 1 END,
    final_outcome = CASE WHEN ${any(8)} % 41 = 5 THEN 'failed' WHEN ${any(8)} % 61 = 5 THEN 'abandoned'
      ELSE final_outcome END
    WHERE final_outcome <> 'refused' AND ${any(9)} % 5 = 0
      AND first_position < (SELECT max(first_position) FROM changes) - 1000`,
  `UPDATE changes SET final_outcome = NULL, finished_position = NULL, open_bits = NULL, finished_at = NULL,
    finished_occurred_at = NULL, effect = NULL, replaced = NULL
    WHERE final_outcome <> 'refused' AND ${any(10)} % 4999 = 10`,
  `UPDATE changes SET rolled_back_position = finished_position + 1 + ${any(11)} % 3000, rolled_back_by = change_id,
    rolled_back_occurred_at = finished_occurred_at
    WHERE final_outcome = 'succeeded' AND ${any(12)} % 401 = 7
      AND first_position < (SELECT max(first_position) FROM changes) - 5000`,
];
