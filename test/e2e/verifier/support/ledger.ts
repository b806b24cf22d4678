import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { canonicalize } from 'json-canonicalize';
import type { NewEvent } from '../../../../src/event-store/port.js';
import { SqliteEventStore } from '../../../../src/event-store/sqlite/store.js';
import { newEvent } from '../../../contract/helpers/events.js';
import { checkpointText, leafHashOf, logKey, noteOf, rootOf, rotationText, sha256, witnessKey } from './notes.js';
import type { TestKey } from './notes.js';

export const ORIGIN = 'ledger.example/cairn';
export const SIZE = 270;
export const SEALED = 262;
/** The first size that the second key signs. */
export const ROTATED_AT = 200;
export const ERASED = 5;
export const ERASED_BY = 258;
const STREAMS = 4;

/** What one row says, as the verifier has to read it. */
export interface Row {
  readonly position: number;
  readonly id: string;
  readonly leaf: string;
  readonly salts: Buffer;
  readonly data: unknown;
  /** Nothing once erased. */
  readonly remarks: unknown;
  readonly meta: unknown;
}

export interface TestLedger {
  readonly folder: string;
  readonly keys: readonly [TestKey, TestKey];
  readonly witness: TestKey;
  readonly rows: readonly Row[];
  readonly leaves: readonly Buffer[];
  /** Checkpoint over the first so many events, by the key whose turn it is. */
  checkpoint(size: number): string;
  readonly rotation: string;
}

/** A data folder of 270 events, of which 262 are sealed, with a rotated key, a cosignature and an erasure. */
export async function makeLedger(): Promise<TestLedger> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-verifier-'));
  const rows = await writeEvents(folder);
  const leaves = rows.map(({ leaf }) => leafHashOf(leaf));
  const keys = [logKey(ORIGIN), logKey(ORIGIN)] as const;
  const checkpoint = (size: number) =>
    noteOf(checkpointText(ORIGIN, size, rootOf(leaves.slice(0, size))), size < ROTATED_AT ? keys[0] : keys[1]);
  const rotation = noteOf(rotationText(ORIGIN, ROTATED_AT, keys[1]), ...keys);
  const ledger = { folder, keys, witness: witnessKey('witness.example'), rows, leaves, checkpoint, rotation };
  writeTree(ledger);
  writeSeals(ledger);
  return ledger;
}

async function writeEvents(folder: string): Promise<Row[]> {
  const store = await SqliteEventStore.open({ file: join(folder, 'ledger.db') });
  const events = Array.from({ length: SIZE }, (_, position) =>
    newEvent({
      data: canonicalize({ position, text: 'größer \u2028', 10: 1.5, 9: [null, true] }),
      remarks: `{"reason":"reason ${position}"}`,
    }),
  );
  const erased = events[ERASED] as NewEvent;
  const remarksHash = sha256(erased.salts.slice(16, 32), erased.remarks).toString('hex');
  const data = canonicalize({ eventId: erased.id, position: ERASED, remarksHash });
  events[ERASED_BY] = newEvent({ type: 'RemarksErased.v1', data });
  const appends = events.map((event, position) => ({
    stream: `environment-${position % STREAMS}`,
    expectedRevision: Math.floor(position / STREAMS) - 1,
    event,
  }));
  await store.appendAll(appends);
  const rows = (await store.readAll(0, SIZE)).map((event): Row => {
    const { position, id, stream, revision, type, occurredAt, recordedAt, actor, salts } = event;
    const hashes = [event.data, event.remarks ?? '', event.meta].map((text, index) =>
      sha256(salts.slice(index * 16, index * 16 + 16), text).toString('hex'),
    );
    const [dataHash, remarksHash, metaHash] = hashes;
    const texts = { data: dataHash, remarks: remarksHash, meta: metaHash };
    const leaf = canonicalize({ v: 1, id, stream, revision, type, occurredAt, recordedAt, actor, ...texts });
    const [shownData, remarks, meta] = [event.data, event.remarks ?? '', event.meta].map(
      (text) => JSON.parse(text) as unknown,
    );
    return { position, id, leaf, salts: Buffer.from(salts), data: shownData, remarks, meta };
  });
  await store.close();
  erase(join(folder, 'ledger.db'), remarksHash);
  return rows.map((row) => (row.position === ERASED ? { ...row, remarks: undefined } : row));
}

/** Erases as the page says it is done, by hand; the file is left without its triggers, as a forger would have it. */
function erase(file: string, remarksHash: string): void {
  const db = new Database(file);
  for (const trigger of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()) {
    db.exec(`DROP TRIGGER ${String(trigger)}`);
  }
  db.exec(`DROP TABLE IF EXISTS erasures; CREATE TABLE erasures (position INTEGER PRIMARY KEY, remarks_hash BLOB, erased_by INTEGER);
    INSERT INTO erasures VALUES (${ERASED}, x'${remarksHash}', ${ERASED_BY});
    UPDATE events SET remarks = NULL, salts = CAST(substr(salts, 1, 16) || zeroblob(16) || substr(salts, 33) AS BLOB)
    WHERE position = ${ERASED}`);
  db.close();
}

function writeTree({ folder, leaves }: TestLedger): void {
  const db = new Database(join(folder, 'tree.db'));
  db.exec('CREATE TABLE tiles (level INTEGER, idx INTEGER, hashes BLOB, PRIMARY KEY (level, idx)) STRICT');
  const insert = db.prepare('INSERT INTO tiles VALUES (?, ?, ?)');
  for (let level = 0, nodes = leaves.slice(0, SEALED); nodes.length > 0; level++) {
    const above: Buffer[] = [];
    for (let index = 0; index * 256 < nodes.length; index++) {
      const tile = nodes.slice(index * 256, index * 256 + 256);
      insert.run(level, index, Buffer.concat(tile));
      if (tile.length === 256) above.push(rootOf(tile));
    }
    nodes = above;
  }
  db.close();
}

function writeSeals(ledger: TestLedger): void {
  const { folder, keys, witness, rotation, leaves } = ledger;
  const db = new Database(join(folder, 'seals.db'));
  db.exec(`CREATE TABLE log (origin TEXT) STRICT;
    CREATE TABLE keys (number INTEGER PRIMARY KEY, verifier_key TEXT, from_size INTEGER, statement TEXT) STRICT;
    CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, root BLOB, note TEXT, signed_at TEXT) STRICT;
    CREATE TABLE cosignatures (size INTEGER, witness TEXT, line TEXT, PRIMARY KEY (size, witness)) STRICT`);
  db.prepare('INSERT INTO log VALUES (?)').run(ORIGIN);
  db.prepare('INSERT INTO keys VALUES (0, ?, 0, NULL), (1, ?, ?, ?)').run(
    keys[0].text,
    keys[1].text,
    ROTATED_AT,
    rotation,
  );
  const insert = db.prepare('INSERT INTO checkpoints VALUES (?, ?, ?, ?)');
  for (const size of [1, 100, 199, 200, SEALED]) {
    insert.run(size, rootOf(leaves.slice(0, size)), ledger.checkpoint(size), '2026-03-01T12:00:00.000Z');
  }
  const line = witness.line(checkpointText(ORIGIN, 200, rootOf(leaves.slice(0, 200))));
  db.prepare('INSERT INTO cosignatures VALUES (200, ?, ?)').run(witness.text, line);
  db.close();
}
