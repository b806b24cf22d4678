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
  database.exec(VARIETY);
  const counts = database.prepare('SELECT count(*) AS rows, max(first_position) AS head FROM changes').get();
  database.close();
  return counts;
}

const VARIETY = `
  BEGIN;
  UPDATE changes SET
    layer = CASE WHEN first_position % 1000 < 2 THEN 'os' WHEN first_position % 50 < 2 THEN 'configuration' ELSE layer END,
    kind = CASE WHEN first_position % 997 = 3 THEN 'rollback' WHEN first_position % 101 = 3 THEN 'retirement' ELSE kind END,
    actor = 'actor-' || (first_position % 40),
    pipeline = 'pipeline-' || (first_position % 25),
    ticket = 'CHG-' || (first_position / 40),
    note = CASE WHEN first_position % 3 = 0 THEN note || ' because of what customers said about it' ELSE note END;
  UPDATE changes SET type = CASE WHEN first_position % 499 = 1 THEN 'emergency' WHEN first_position % 4 = 1 THEN 'normal'
    ELSE type END, effect = CASE WHEN first_position % 61 = 1 THEN 'none' ELSE effect END
    WHERE final_outcome <> 'refused';
  UPDATE changes SET strategy = 'blue-green', finished_position = first_position + 1 + first_position % 700,
    open_bits = CASE WHEN first_position % 700 >= 511 THEN 10 WHEN first_position % 700 >= 255 THEN 9
      WHEN first_position % 700 >= 127 THEN 8 WHEN first_position % 700 >= 63 THEN 7 WHEN first_position % 700 >= 31 THEN 6
      WHEN first_position % 700 >= 15 THEN 5 WHEN first_position % 700 >= 7 THEN 4 WHEN first_position % 700 >= 3 THEN 3
      WHEN first_position % 700 >= 1 THEN 2 ELSE 1 END,
    final_outcome = CASE WHEN first_position % 211 = 5 THEN 'failed' WHEN first_position % 307 = 5 THEN 'abandoned'
      ELSE final_outcome END
    WHERE final_outcome <> 'refused' AND first_position % 5 = 0
      AND first_position < (SELECT max(first_position) FROM changes) - 1000;
  UPDATE changes SET final_outcome = NULL, finished_position = NULL, open_bits = NULL, finished_at = NULL,
    finished_occurred_at = NULL, effect = NULL, replaced = NULL
    WHERE final_outcome <> 'refused' AND first_position % 4999 = 10;
  UPDATE changes SET rolled_back_position = finished_position + 1 + first_position % 3000, rolled_back_by = change_id,
    rolled_back_occurred_at = finished_occurred_at
    WHERE final_outcome = 'succeeded' AND first_position % 401 = 7
      AND first_position < (SELECT max(first_position) FROM changes) - 5000;
  COMMIT;
  PRAGMA wal_checkpoint(TRUNCATE);`;
