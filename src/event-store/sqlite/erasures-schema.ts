/** The type of the events that record an erasure: those alone can open the door below. */
const RECORD_TYPE = 'RemarksErased.v1';

/**
 * Which event lost its remarks, the hash that its leaf has of them (SHA-256 of salt and text), and the event that says
 * so. A row says nothing that its event does not say, and the event is sealed like any other.
 */
const TABLE = `
CREATE TABLE erasures (
  position INTEGER PRIMARY KEY REFERENCES events (position),
  remarks_hash BLOB NOT NULL CHECK (length(remarks_hash) = 32),
  erased_by INTEGER NOT NULL UNIQUE REFERENCES events (position)
) STRICT;
`;

/** What an UPDATE that erases leaves as it was: all but the remarks and their salt. */
const UNTOUCHED = [
  ...['position', 'id', 'stream_id', 'revision', 'type_id', 'occurred_at', 'recorded_at', 'actor', 'data', 'meta'].map(
    (column) => `NEW.${column} IS OLD.${column}`,
  ),
  'length(NEW.salts) IS length(OLD.salts)',
  'substr(NEW.salts, 1, 16) IS substr(OLD.salts, 1, 16)',
  'substr(NEW.salts, 33) IS substr(OLD.salts, 33)',
].join('\n    AND ');

/**
 * The one door in the triggers that keep `events` as they are. The remarks go with their salt, or short ones could be
 * guessed from their hash. A record's own remarks stay: they are why the others went.
 */
const TRIGGERS = `
DROP TRIGGER events_no_update;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
  WHEN NOT (${UNTOUCHED}
    AND OLD.remarks IS NOT NULL AND NEW.remarks IS NULL
    AND substr(NEW.salts, 17, 16) IS zeroblob(16)
    AND EXISTS (SELECT 1 FROM erasures WHERE position = OLD.position))
  BEGIN SELECT RAISE(ABORT, 'events can only be added to'); END;

CREATE TRIGGER erasures_only_new BEFORE INSERT ON erasures
  WHEN EXISTS (SELECT 1 FROM erasures WHERE position = NEW.position OR erased_by = NEW.erased_by)
    OR NOT EXISTS (
      SELECT 1 FROM events JOIN event_types ON event_types.id = type_id
      WHERE position = NEW.position AND remarks IS NOT NULL AND name <> '${RECORD_TYPE}')
    OR NOT EXISTS (
      SELECT 1 FROM events JOIN event_types ON event_types.id = type_id
      WHERE position = NEW.erased_by AND name = '${RECORD_TYPE}'
        AND json_extract(data, '$.position') = NEW.position
        AND json_extract(data, '$.remarksHash') = lower(hex(NEW.remarks_hash)))
  BEGIN SELECT RAISE(ABORT, 'an erasure is one that an event records'); END;
${['UPDATE', 'DELETE']
  .map(
    (change) => `CREATE TRIGGER erasures_no_${change.toLowerCase()} BEFORE ${change} ON erasures
  BEGIN SELECT RAISE(ABORT, 'erasures can only be added to'); END;`,
  )
  .join('\n')}
`;

/** From version 1 of the schema to version 2. */
export const ERASURES = `${TABLE} ${TRIGGERS}`;
