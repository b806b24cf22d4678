import type Database from 'better-sqlite3';
import { damageOf, openToAudit, otherRulesOf } from '../../sqlite-audit.js';
import type { FileKind } from '../ledger-file.js';
import { SEALS_FILE } from '../seals/schema.js';
import { TREE_FILE } from '../tree/schema.js';
import type { CheckpointRow, CosignatureRow, KeyRow, SealsAudit, TreeAudit } from './ports.js';

/** Opens `tree.db` to audit it. Errors of SQLite come as they are. */
export function auditTree(file: string): TreeAudit {
  const db = openToAudit(file);
  const read = db.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?').pluck();
  return {
    ...inspection(db, TREE_FILE),
    rows: () => rowsOf(db, 'SELECT level, idx AS "index", length(hashes) AS bytes FROM tiles ORDER BY level, idx'),
    tile: (level, index) => read.get(level, index) as Buffer | undefined,
  };
}

/** Opens `seals.db` to audit it. Errors of SQLite come as they are. */
export function auditSeals(file: string): SealsAudit {
  const db = openToAudit(file);
  return {
    ...inspection(db, SEALS_FILE),
    origins: () => db.prepare('SELECT origin FROM log').pluck().all() as string[],
    keys: () =>
      db
        .prepare(
          'SELECT number, verifier_key AS verifierKey, from_size AS fromSize, statement FROM keys ORDER BY number',
        )
        .all() as KeyRow[],
    checkpoints: () =>
      rowsOf<CheckpointRow>(db, 'SELECT size, root, note, signed_at AS signedAt FROM checkpoints ORDER BY size'),
    cosignatures: () =>
      rowsOf<CosignatureRow>(
        db,
        `SELECT cosignatures.size, witness, line, note
         FROM cosignatures LEFT JOIN checkpoints ON checkpoints.size = cosignatures.size
         ORDER BY cosignatures.size, witness`,
      ),
  };
}

const inspection = (db: Database.Database, { applicationId, version, schema }: FileKind) => ({
  inspect: () => ({
    damage: damageOf(db),
    otherRules: otherRulesOf(db, { applicationId, schemaOf: (found) => (found === version ? schema : undefined) }),
  }),
  close: () => void db.close(),
});

const rowsOf = <Row>(db: Database.Database, sql: string): Iterable<Row> => db.prepare(sql).iterate() as Iterable<Row>;
