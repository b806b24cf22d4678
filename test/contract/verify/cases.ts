import type Database from 'better-sqlite3';
import { AT, SIZE } from './sealed-folder.js';

export interface Case {
  readonly change: string | ((db: Database.Database) => void);
  /** Lines that must be among what is found; nothing where the change takes away what can be done without. */
  readonly finds: RegExp | readonly RegExp[] | 'nothing';
  /** Found by those who say that they want the witness's cosignature. */
  readonly isWitnessWanted?: boolean;
}

/** An event in the middle of the ledger. */
const P = 57;
const altered = (position: number, more = ''): RegExp =>
  new RegExp(
    `^leaves \\| altered-event \\| ${position} \\| its leaf is not the one that was sealed: expected [0-9a-f]{64}, found [0-9a-f]{64}${more}$`,
    'm',
  );
const set = (column: string, value: string, where = `position = ${P}`): string =>
  `UPDATE events SET ${column} = ${value} WHERE ${where}`;
/** Replaces one character of a text. */
const flipped = (column: string, at = 5): string =>
  `substr(${column}, 1, ${at - 1}) || char(unicode(substr(${column}, ${at}, 1)) + 1) || substr(${column}, ${at + 1})`;
/** Flips the last bit of one byte. */
const flippedByte = (column: string, at: number): string =>
  `CAST(substr(${column}, 1, ${at - 1}) || unhex(printf('%02x', CASE WHEN unicode(substr(hex(${column}), ${2 * at}, 1)) % 2 = 0 THEN 0x5a ELSE 0xa5 END)) || substr(${column}, ${at + 1}) AS BLOB)`;

/** Swaps the values of some columns of two rows. */
const swap =
  (table: string, key: string, [a, b]: readonly [number | string, number | string], columns: readonly string[]) =>
  (db: Database.Database): void => {
    const read = db.prepare(`SELECT ${columns.join(', ')} FROM ${table} WHERE ${key} = ?`).raw();
    const [first, second] = [read.get(a), read.get(b)] as unknown[][];
    if (!first || !second) throw new Error('there are no two rows');
    // Columns that must differ between rows are out of each other's way first.
    const write = db.prepare(
      `UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE ${key} = ?`,
    );
    const away = first.map((value) =>
      typeof value === 'number' ? -7_777 : Buffer.isBuffer(value) ? Buffer.alloc(value.length, 7) : 'away',
    );
    write.run(...away, a);
    write.run(...first, b);
    write.run(...second, a);
  };

const EVENT = 'id, stream_id, revision, type_id, occurred_at, recorded_at, actor, data, remarks, meta, salts'.split(
  ', ',
);

export const COLUMNS: Readonly<Record<string, Case>> = {
  'ledger.db events.position': {
    change: set('position', '100000'),
    finds: [
      /^order \| missing-event \|  \| the event at position 57 is missing$/m,
      /^order \| missing-event \|  \| the events at positions 302 to 99999 are missing$/m,
    ],
  },
  'ledger.db events.id': { change: set('id', flippedByte('id', 16)), finds: altered(P) },
  'ledger.db events.stream_id': {
    change: set('stream_id', `(SELECT id FROM streams WHERE name = 'environment-dev')`),
    finds: [altered(P), /^order \| misplaced-event \| 57 \| its revision is 5, and the next one of its stream is 1$/m],
  },
  'ledger.db events.revision': {
    change: set('revision', '1000'),
    finds: [
      altered(P),
      /^order \| misplaced-event \| 57 \| its revision is 1000, and the next one of its stream is 5$/m,
    ],
  },
  'ledger.db events.type_id': {
    change: set('type_id', `(SELECT id FROM event_types WHERE name = 'ArtifactBaked.v1')`),
    finds: altered(P, ': it was sealed as AttestationRecorded.v1'),
  },
  'ledger.db events.occurred_at': { change: set('occurred_at', `'2026-03-01T12:00:00.001Z'`), finds: altered(P) },
  'ledger.db events.recorded_at': {
    change: set('recorded_at', `'2020-03-01T12:00:00.001Z'`),
    finds: [altered(P), /^order \| time-goes-back \| 57 \|/m],
  },
  'ledger.db events.actor': { change: set('actor', flipped('actor')), finds: altered(P) },
  'ledger.db events.data': { change: set('data', flipped('data')), finds: altered(P) },
  'ledger.db events.remarks': { change: set('remarks', flipped('remarks')), finds: altered(P) },
  'ledger.db events.meta': { change: set('meta', flipped('meta')), finds: altered(P) },
  'ledger.db events.salts': { change: set('salts', flippedByte('salts', 20)), finds: altered(P) },
  'ledger.db streams.id': {
    change: `UPDATE streams SET id = 999 WHERE name = 'artifact-6'`,
    finds: [altered(7), /^events \| malformed-event \| 7 \| its stream is not in the table streams$/m],
  },
  'ledger.db streams.name': {
    change: `UPDATE streams SET name = 'artifact-x' WHERE name = 'artifact-6'`,
    finds: altered(7),
  },
  'ledger.db event_types.id': {
    change: `UPDATE event_types SET id = 999 WHERE name = 'ArtifactBaked.v1'`,
    finds: [
      altered(1, ': it was sealed as ArtifactBaked.v1'),
      /^events \| malformed-event \| 1 \| its type is not in the table event_types$/m,
    ],
  },
  'ledger.db event_types.name': {
    change: `UPDATE event_types SET name = 'ArtifactBanned.v1' WHERE name = 'ArtifactBaked.v1'`,
    finds: altered(1),
  },
  'ledger.db snapshots.stream': {
    change: `UPDATE snapshots SET stream = 'environment-other'`,
    finds:
      /^snapshots \| altered-snapshot \|  \| the snapshot of environment-other at revision 0 is not what its events fold to$/m,
  },
  'ledger.db snapshots.revision': {
    change: 'UPDATE snapshots SET revision = 1',
    finds: /^snapshots \| altered-snapshot/m,
  },
  'ledger.db snapshots.version': {
    change: 'UPDATE snapshots SET version = 99',
    finds: /^snapshots \| altered-snapshot \|  \| .*of version 99, which there is not$/m,
  },
  'ledger.db snapshots.state': {
    change: `UPDATE snapshots SET state = replace(state, 'development', 'production')`,
    finds: /^snapshots \| altered-snapshot \|  \| the snapshot of environment-dev at revision 0 is not what/m,
  },
  'ledger.db erasures.position': {
    change: 'UPDATE erasures SET position = 6',
    finds: [
      /^erasures \| altered-erasure \| 5 \| .*the hash that stands for them is gone$/m,
      /^erasures \| altered-erasure \| 6 \|/m,
    ],
  },
  'ledger.db erasures.remarks_hash': {
    change: `UPDATE erasures SET remarks_hash = ${flippedByte('remarks_hash', 9)}`,
    finds: [
      altered(AT.erased),
      /^erasures \| altered-erasure \| 5 \| the event at position 301, .* has another hash of the remarks$/m,
    ],
  },
  'ledger.db erasures.erased_by': {
    change: 'UPDATE erasures SET erased_by = 300',
    finds: /^erasures \| altered-erasure \| 5 \| the row for it in the table erasures names position 300/m,
  },
  'tree.db tiles.level': {
    change: 'UPDATE tiles SET level = 3 WHERE level = 1',
    finds: [
      /^tree \| altered-tree \|  \| tile 3\/0 is of no tree of 302 leaves$/m,
      /^tree \| altered-tree \|  \| 1 of 1 tiles of level 1 is missing$/m,
    ],
  },
  'tree.db tiles.idx': {
    change: 'UPDATE tiles SET idx = 7 WHERE level = 1',
    finds: /^tree \| altered-tree \|  \| tile 1\/7 is of no tree/m,
  },
  'tree.db tiles.hashes': {
    change: `UPDATE tiles SET hashes = ${flippedByte('hashes', 32 * P + 3)} WHERE level = 0 AND idx = 0`,
    finds: /^tree \| altered-tree \| 57 \| the tree has another hash of its leaf than was signed/m,
  },
  'seals.db log.origin': {
    change: `UPDATE log SET origin = 'example.org/other'`,
    finds: [
      /^keys \| malformed-key \|  \| key 0 is of the log example.org\/verified, not of example.org\/other$/m,
      /^checkpoints \|/m,
    ],
  },
  'seals.db keys.number': {
    change: 'UPDATE keys SET number = 5 WHERE number = 1',
    finds: /^keys \| malformed-key \|  \| key 5 stands where key 1 must$/m,
  },
  'seals.db keys.verifier_key': {
    change: `UPDATE keys SET verifier_key = ${flipped('verifier_key', 40)} WHERE number = 0`,
    finds: [
      /^keys \| malformed-key \|  \| key 0 is none/m,
      /^checkpoints \| invalid-signature \|  \| the checkpoint of size 100/m,
    ],
  },
  'seals.db keys.from_size': {
    change: 'UPDATE keys SET from_size = 280 WHERE number = 1',
    finds: [
      /^keys \| invalid-rotation \|  \| the statement of the rotation to key 1 says something else/m,
      /^checkpoints \| invalid-signature \|  \| the checkpoint of size 260 is not signed by key 0/m,
    ],
  },
  'seals.db keys.statement': {
    change: `UPDATE keys SET statement = replace(statement, '201', '202') WHERE number = 1`,
    finds: /^keys \| invalid-rotation \|  \| the statement of the rotation to key 1 is not valid/m,
  },
  'seals.db checkpoints.size': {
    change: 'UPDATE checkpoints SET size = 101 WHERE size = 100',
    finds: /^checkpoints \| malformed-checkpoint \|  \| the checkpoint of size 101 has a note of size 100/m,
  },
  'seals.db checkpoints.root': {
    change: `UPDATE checkpoints SET root = ${flippedByte('root', 4)} WHERE size = 100`,
    finds: /^checkpoints \| malformed-checkpoint \|  \| the checkpoint of size 100 has a note of size 100 and root/m,
  },
  'seals.db checkpoints.note': {
    change: `UPDATE checkpoints SET note = ${flipped('note', 30)} WHERE size = 100`,
    finds: /^checkpoints \| invalid-signature \|  \| the checkpoint of size 100/m,
  },
  'seals.db checkpoints.signed_at': {
    change: `UPDATE checkpoints SET signed_at = ${flipped('signed_at', 5)} WHERE size = 100`,
    finds: /^checkpoints \| malformed-checkpoint \|  \| the checkpoint of size 100 was signed at no time/m,
  },
  'seals.db cosignatures.size': {
    change: 'UPDATE cosignatures SET size = 260',
    finds: /^cosignatures \| invalid-cosignature \|  \| the cosignature of size 260 .* does not match the checkpoint$/m,
  },
  'seals.db cosignatures.witness': {
    change: `UPDATE cosignatures SET witness = ${flipped('witness', 9)}`,
    finds: /^cosignatures \| invalid-cosignature/m,
  },
  'seals.db cosignatures.line': {
    change: `UPDATE cosignatures SET line = ${flipped('line', 70)}`,
    finds: /^cosignatures \| invalid-cosignature/m,
  },
};

const missing = (position: number): RegExp =>
  new RegExp(`^order \\| missing-event \\|  \\| the event at position ${position} is missing`, 'm');

export const ROWS: Readonly<Record<string, Case>> = {
  'ledger.db events deleted': { change: `DELETE FROM events WHERE position = ${P}`, finds: missing(P) },
  'ledger.db events swapped': {
    change: swap('events', 'position', [P, P + 1], EVENT),
    finds: [
      altered(P, `: it is the event that was sealed at position ${P + 1}`),
      altered(P + 1, `: it is the event that was sealed at position ${P}`),
    ],
  },
  'ledger.db events added': {
    // One more, with all that follow moved on by one.
    change: (db) => {
      for (let position = SIZE - 1; position >= P; position--) {
        db.exec(`UPDATE events SET position = ${position + 1} WHERE position = ${position}`);
      }
      db.exec(
        `INSERT INTO events SELECT ${P}, randomblob(16), stream_id, 1, type_id, occurred_at, recorded_at, actor, data, remarks, meta, salts
         FROM events WHERE position = ${AT.defined}`,
      );
    },
    finds: [altered(P), altered(P + 1, `: it is the event that was sealed at position ${P}`)],
  },
  'ledger.db streams deleted': { change: `DELETE FROM streams WHERE name = 'artifact-6'`, finds: altered(7) },
  'ledger.db streams swapped': {
    change: swap('streams', 'name', ['artifact-6', 'artifact-7'], ['id']),
    finds: altered(7),
  },
  'ledger.db streams added': {
    change: `INSERT INTO streams (name) VALUES ('artifact-new')`,
    finds: /^events \| unused-name \|  \| the stream artifact-new is in its table/m,
  },
  'ledger.db event_types deleted': {
    change: `DELETE FROM event_types WHERE name = 'ArtifactBaked.v1'`,
    finds: altered(1),
  },
  'ledger.db event_types swapped': {
    change: swap('event_types', 'name', ['ArtifactBaked.v1', 'AttestationRecorded.v1'], ['id']),
    finds: altered(1, ': it was sealed as ArtifactBaked.v1'),
  },
  'ledger.db event_types added': {
    change: `INSERT INTO event_types (name) VALUES ('Other.v1')`,
    finds: /^events \| unused-name \|  \| the type Other.v1 is in its table/m,
  },
  // Derived: the next decision folds the events.
  'ledger.db snapshots deleted': { change: 'DELETE FROM snapshots', finds: 'nothing' },
  'ledger.db snapshots swapped': {
    change: `INSERT INTO snapshots SELECT 'artifact-6', revision, version, state FROM snapshots`,
    finds: /^snapshots \| altered-snapshot \|  \| the snapshot of artifact-6/m,
  },
  'ledger.db snapshots added': {
    change: `INSERT INTO snapshots SELECT 'environment-new', revision, version, state FROM snapshots`,
    finds: /^snapshots \| altered-snapshot \|  \| the snapshot of environment-new/m,
  },
  'ledger.db erasures deleted': {
    change: 'DELETE FROM erasures',
    finds: /^erasures \| altered-erasure \| 5 \| .*the hash that stands for them is gone$/m,
  },
  'ledger.db erasures swapped': {
    change: `UPDATE erasures SET position = erased_by, erased_by = position`,
    finds: /^erasures \| altered-erasure \| 301 \|/m,
  },
  'ledger.db erasures added': {
    change: `INSERT INTO erasures VALUES (9, zeroblob(32), 299); UPDATE events SET remarks = NULL WHERE position = 9`,
    finds: [
      altered(9),
      /^erasures \| unrecorded-erasure \| 9 \| its remarks are gone, and no event RemarksErased.v1 says so$/m,
    ],
  },
  'tree.db tiles deleted': {
    change: 'DELETE FROM tiles WHERE level = 0 AND idx = 1',
    finds: /^tree \| altered-tree \|  \| tree.db has 256 leaves, and a checkpoint covers 302/m,
  },
  'tree.db tiles swapped': {
    change: `UPDATE tiles SET level = 9 WHERE level = 0 AND idx = 0; UPDATE tiles SET idx = 0 WHERE level = 0 AND idx = 1; UPDATE tiles SET level = 0, idx = 1 WHERE level = 9`,
    finds: /^tree \| altered-tree \| 0 \|/m,
  },
  'tree.db tiles added': {
    change: 'INSERT INTO tiles VALUES (2, 0, zeroblob(32))',
    finds: /^tree \| altered-tree \|  \| tile 2\/0 is of no tree of 302 leaves$/m,
  },
  'seals.db log deleted': { change: 'DELETE FROM log', finds: /^keys \| malformed-key \|  \| seals.db names no log$/m },
  // There is one row, and it may as well be another.
  'seals.db log swapped': {
    change: `DELETE FROM log; INSERT INTO log VALUES ('example.org/other')`,
    finds: /^keys \| malformed-key \|  \| key 0 is of the log example.org\/verified, not of example.org\/other$/m,
  },
  'seals.db log added': {
    change: `INSERT INTO log VALUES ('other')`,
    finds: /^keys \| malformed-key \|  \| seals.db names more than one log$/m,
  },
  'seals.db keys deleted': {
    change: 'DELETE FROM keys WHERE number = 1',
    finds: /^checkpoints \| invalid-signature \|  \| the checkpoint of size 260/m,
  },
  'seals.db keys swapped': {
    change: `UPDATE keys SET number = 9 WHERE number = 0; UPDATE keys SET number = 0 WHERE number = 1; UPDATE keys SET number = 1 WHERE number = 9`,
    finds: [/^keys \| invalid-rotation/m, /^checkpoints \| invalid-signature/m],
  },
  'seals.db keys added': {
    change: `INSERT INTO keys SELECT 2, 'other+00000000+AAAA', 300, statement FROM keys WHERE number = 1`,
    finds: /^keys \| malformed-key \|  \| key 2 is none/m,
  },
  'seals.db checkpoints deleted': {
    change: `DELETE FROM checkpoints WHERE size = ${SIZE}`,
    finds: /^cosignatures \| invalid-cosignature \|  \| .* is of no checkpoint that there is$/m,
  },
  'seals.db checkpoints swapped': {
    change: swap('checkpoints', 'size', [100, 200], ['root', 'note', 'signed_at']),
    finds: [
      /^checkpoints \| malformed-checkpoint \|  \| the checkpoint of size 100 has a note of size 200/m,
      /^checkpoints \| malformed-checkpoint \|  \| the checkpoint of size 200 has a note of size 100/m,
    ],
  },
  'seals.db checkpoints added': {
    change: `INSERT INTO checkpoints SELECT 150, root, note, signed_at FROM checkpoints WHERE size = 100`,
    finds: /^checkpoints \| malformed-checkpoint \|  \| the checkpoint of size 150 has a note of size 100/m,
  },
  'seals.db cosignatures deleted': {
    change: 'DELETE FROM cosignatures',
    finds: /^cosignatures \| missed-quorum \|  \| no checkpoint has the cosignatures of 1 of the 1 witnesses/m,
    isWitnessWanted: true,
  },
  'seals.db cosignatures swapped': {
    change: 'UPDATE cosignatures SET line = witness, witness = line',
    finds: /^cosignatures \| invalid-cosignature/m,
  },
  'seals.db cosignatures added': {
    change: `INSERT INTO cosignatures SELECT 100, witness, line FROM cosignatures`,
    finds: /^cosignatures \| invalid-cosignature \|  \| the cosignature of size 100 .* does not match/m,
  },
};
