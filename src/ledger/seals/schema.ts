import type { FileKind } from '../ledger-file.js';

/** Those that refer to another one first. */
export const SEALS_TABLES = ['cosignatures', 'checkpoints', 'keys', 'log'] as const;

/**
 * Rows are only ever added, in order. REPLACE deletes the row in its way without firing a DELETE trigger, so inserts
 * are watched as well.
 */
const SCHEMA = `
CREATE TABLE log (
  origin TEXT NOT NULL
) STRICT;

CREATE TABLE keys (
  number INTEGER PRIMARY KEY,
  verifier_key TEXT NOT NULL UNIQUE,
  from_size INTEGER NOT NULL,
  statement TEXT
) STRICT;

CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY CHECK (size > 0),
  root BLOB NOT NULL CHECK (length(root) = 32),
  note TEXT NOT NULL,
  signed_at TEXT NOT NULL
) STRICT;

CREATE TABLE cosignatures (
  size INTEGER NOT NULL REFERENCES checkpoints (size),
  witness TEXT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (size, witness)
) STRICT;

CREATE INDEX cosignatures_of_witness ON cosignatures (witness, size);

CREATE TRIGGER log_only_once BEFORE INSERT ON log
  WHEN EXISTS (SELECT 1 FROM log)
  BEGIN SELECT RAISE(ABORT, 'the log has its name'); END;

CREATE TRIGGER keys_only_next BEFORE INSERT ON keys
  WHEN NEW.number IS NOT ifnull((SELECT max(number) FROM keys), -1) + 1
    OR NEW.from_size < ifnull((SELECT max(from_size) FROM keys), 0)
    OR (NEW.number > 0 AND NEW.from_size <= ifnull((SELECT max(size) FROM checkpoints), 0))
    OR (NEW.number > 0) <> (NEW.statement IS NOT NULL)
    OR EXISTS (SELECT 1 FROM keys WHERE verifier_key = NEW.verifier_key)
  BEGIN SELECT RAISE(ABORT, 'a key takes the next number, from a size that is not signed yet'); END;

CREATE TRIGGER checkpoints_only_larger BEFORE INSERT ON checkpoints
  WHEN NEW.size <= ifnull((SELECT max(size) FROM checkpoints), 0)
  BEGIN SELECT RAISE(ABORT, 'a checkpoint is of a larger tree than those before it'); END;

CREATE TRIGGER cosignatures_only_new BEFORE INSERT ON cosignatures
  WHEN EXISTS (SELECT 1 FROM cosignatures WHERE size = NEW.size AND witness = NEW.witness)
    OR NOT EXISTS (SELECT 1 FROM checkpoints WHERE size = NEW.size)
  BEGIN SELECT RAISE(ABORT, 'a witness cosigns a checkpoint that there is, once'); END;
${SEALS_TABLES.flatMap((table) =>
  ['UPDATE', 'DELETE'].map(
    (change) => `CREATE TRIGGER ${table}_no_${change.toLowerCase()} BEFORE ${change} ON ${table}
  BEGIN SELECT RAISE(ABORT, '${table} can only be added to'); END;`,
  ),
).join('\n')}
`;

/** "CAIS" in the file's header. It is the one file that nothing can make anew, so every commit waits for the disk. */
export const SEALS_FILE: FileKind = {
  what: 'a file of Cairn’s seals',
  applicationId: 0x43_41_49_53,
  version: 1,
  schema: SCHEMA,
  synchronous: 'FULL',
  damaged: 'corrupt',
};
