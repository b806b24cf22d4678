import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';

/** What SQLite keeps of an R-tree for itself; the same boxes can lie in other nodes. */
const SHADOW = /_(node|parent|rowid)$/;

/** Every table of the views with its number of rows and a hash of them, whatever order they lie in. */
export function dumpViews(file: string): Record<string, { rows: number; hash: string }> {
  const db = new Database(file, { readonly: true });
  try {
    const names = db
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
      .pluck()
      .all() as string[];
    return Object.fromEntries(names.filter((name) => !SHADOW.test(name)).map((name) => [name, dumpTable(db, name)]));
  } finally {
    db.close();
  }
}

function dumpTable(db: Database.Database, name: string): { rows: number; hash: string } {
  const rows = db
    .prepare(`SELECT * FROM "${name}"`)
    .raw()
    .all()
    .map((row) => JSON.stringify(row));
  return { rows: rows.length, hash: createHash('sha256').update(rows.sort().join('\n')).digest('hex') };
}
