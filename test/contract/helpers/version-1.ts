import Database from 'better-sqlite3';
import type { Append } from '../../../src/event-store/port.js';

/** The schema of ledgers before erasures, as it was written into their files. */
const SCHEMA = `
CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE event_types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  stream_id INTEGER NOT NULL REFERENCES streams (id),
  revision INTEGER NOT NULL,
  type_id INTEGER NOT NULL REFERENCES event_types (id),
  occurred_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  data TEXT NOT NULL,
  remarks TEXT,
  meta TEXT NOT NULL,
  salts BLOB NOT NULL CHECK (length(salts) = 48),
  UNIQUE (stream_id, revision)
) STRICT;
CREATE TABLE snapshots (
  stream TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE TRIGGER events_only_next BEFORE INSERT ON events
  WHEN NEW.position <> ifnull((SELECT max(position) FROM events), -1) + 1
    OR NEW.revision <> ifnull((SELECT max(revision) FROM events WHERE stream_id = NEW.stream_id), -1) + 1
    OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'an event takes the next position and revision, under an id of its own'); END;
CREATE TRIGGER streams_only_new BEFORE INSERT ON streams
  WHEN EXISTS (SELECT 1 FROM streams WHERE id = NEW.id OR name = NEW.name)
  BEGIN SELECT RAISE(ABORT, 'streams cannot be replaced'); END;
CREATE TRIGGER event_types_only_new BEFORE INSERT ON event_types
  WHEN EXISTS (SELECT 1 FROM event_types WHERE id = NEW.id OR name = NEW.name)
  BEGIN SELECT RAISE(ABORT, 'event_types cannot be replaced'); END;
${['events', 'streams', 'event_types']
  .flatMap((table) =>
    ['UPDATE', 'DELETE'].map(
      (change) => `CREATE TRIGGER ${table}_no_${change.toLowerCase()} BEFORE ${change} ON ${table}
  BEGIN SELECT RAISE(ABORT, '${table} can only be added to'); END;`,
    ),
  )
  .join('\n')}
PRAGMA application_id = 1128352082;
PRAGMA user_version = 1;
`;

/** Makes a ledger's file as a Cairn of before erasures left it, with these events of new streams in it. */
export function writeVersion1(file: string, appends: readonly Append[]): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec(SCHEMA);
  for (const [position, { stream, event }] of appends.entries()) {
    const idOf = (table: string, name: string): unknown =>
      db.prepare(`SELECT id FROM ${table} WHERE name = ?`).pluck().get(name) ??
      db.prepare(`INSERT INTO ${table} (name) VALUES (?)`).run(name).lastInsertRowid;
    const { id, type, occurredAt, actor, data, remarks, meta, salts } = event;
    const streamId = idOf('streams', stream);
    const idBytes = Buffer.from(id.replaceAll('-', ''), 'hex');
    const envelope = [position, idBytes, streamId, 0, idOf('event_types', type), occurredAt, occurredAt, actor];
    db.prepare(`INSERT INTO events VALUES (${'?, '.repeat(11)}?)`).run(...envelope, data, remarks, meta, salts);
  }
  db.close();
}
