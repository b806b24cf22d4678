/** The tables and indexes of Cairn's ledger, without the triggers that guard them. */
export function prepareLedger(db) {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 16000');
  db.pragma('cache_size = -65536');
  db.exec(`
    CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE events (
      position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, stream_id INTEGER NOT NULL, revision INTEGER NOT NULL,
      type_id INTEGER NOT NULL, occurred_at TEXT NOT NULL, recorded_at TEXT NOT NULL, actor TEXT NOT NULL,
      data TEXT NOT NULL, remarks TEXT, meta TEXT NOT NULL, salts BLOB NOT NULL, UNIQUE (stream_id, revision)
    ) STRICT;`);
}
