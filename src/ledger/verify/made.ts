import type { MadeAs } from '../../sqlite-audit.js';

const appendOnly = (table: string): string =>
  ['UPDATE', 'DELETE']
    .map(
      (change) => `CREATE TRIGGER ${table}_no_${change.toLowerCase()} BEFORE ${change} ON ${table}
  BEGIN SELECT RAISE(ABORT, '${table} can only be added to'); END;`,
    )
    .join('\n');

export const TREE_FILE: MadeAs = {
  applicationId: 0x43_41_49_54,
  schemaOf: (version) =>
    version === 1
      ? `CREATE TABLE tiles (
  level INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  hashes BLOB NOT NULL CHECK (length(hashes) > 0 AND length(hashes) <= 8192 AND length(hashes) % 32 = 0),
  PRIMARY KEY (level, idx)
) STRICT;`
      : undefined,
};

export const SEALS_FILE: MadeAs = {
  applicationId: 0x43_41_49_53,
  schemaOf: (version) =>
    version === 1
      ? `CREATE TABLE log (origin TEXT NOT NULL) STRICT;
CREATE TABLE keys (
  number INTEGER PRIMARY KEY, verifier_key TEXT NOT NULL UNIQUE, from_size INTEGER NOT NULL, statement TEXT) STRICT;
CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY CHECK (size > 0), root BLOB NOT NULL CHECK (length(root) = 32), note TEXT NOT NULL,
  signed_at TEXT NOT NULL) STRICT;
CREATE TABLE cosignatures (
  size INTEGER NOT NULL REFERENCES checkpoints (size), witness TEXT NOT NULL, line TEXT NOT NULL,
  PRIMARY KEY (size, witness)) STRICT;
${['log', 'keys', 'checkpoints', 'cosignatures'].map(appendOnly).join('\n')}`
      : undefined,
};
