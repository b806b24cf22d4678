import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eraseRemarks, planErasures } from '../../src/erase/erase.js';
import type { RecordedEvent } from '../../src/event-store/port.js';
import { SqliteEraser } from '../../src/event-store/sqlite/eraser.js';
import { SqliteEventReader } from '../../src/event-store/sqlite/reader.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/store.js';
import { leafHash, remarksHash } from '../../src/ledger/leaf.js';
import { append, appendAccepted, everything, upTo } from './helpers/events.js';
import { writeVersion1 } from './helpers/version-1.js';

const SECRET = 'Frau Beispiel from accounting has asked for this';
const ERASER = fileURLToPath(new URL('./helpers/eraser.js', import.meta.url));
const DIST = new URL('../../dist/', import.meta.url).href;
const BY = { actor: 'admin', now: new Date('2026-03-02T08:00:00.000Z') };

let folder: string;
let file: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-erasures-'));
  file = join(folder, 'ledger.db');
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  rmSync(folder, { recursive: true });
});

const keep = <Opened extends { close(): Promise<void> }>(each: Opened): Opened => {
  opened.push(each);
  return each;
};
const openStore = async (): Promise<SqliteEventStore> => keep(await SqliteEventStore.open({ file }));

/** Three events of streams of their own; the one in the middle says what is to go. */
const history = () =>
  upTo(3).map((index) =>
    append(`artifact-${index}`, -1, { remarks: `{"reason":"${index === 1 ? SECRET : `reason ${index}`}"}` }),
  );

async function write(appends = history()): Promise<RecordedEvent[]> {
  const store = await SqliteEventStore.open({ file });
  await store.appendAll(appends);
  const events = await everything(store);
  await store.close();
  return events;
}

async function read(): Promise<RecordedEvent[]> {
  const reader = SqliteEventReader.open(file);
  const events = await reader.readAll(0, 10_000);
  await reader.close();
  return events;
}

async function erase(...ids: string[]): Promise<void> {
  const eraser = SqliteEraser.open({ file });
  try {
    const { toErase } = await planErasures(eraser, ids, 'it named a customer');
    for (const planned of toErase) eraseRemarks(eraser, planned, BY);
    expect(eraser.wipe()).toBe(true);
  } finally {
    await eraser.close();
  }
}

const idAt = (events: readonly RecordedEvent[], position: number): string => events[position]?.id ?? '';
const bytesOf = (name: string): string => (existsSync(name) ? readFileSync(name, 'latin1') : '');

describe('erasing remarks', () => {
  it('takes them and their salt, keeps all else and every leaf, and is an event itself', async () => {
    const before = await write();
    const [, target] = before as [RecordedEvent, RecordedEvent];
    await erase(target.id);
    const after = await read();
    const salts = Buffer.from(target.salts).fill(0, 16, 32);
    expect(after.slice(0, 3)).toEqual([
      before[0],
      { ...target, remarks: null, remarksHash: remarksHash(target), salts },
      before[2],
    ]);
    expect(after.slice(0, 3).map(leafHash)).toEqual(before.map(leafHash));
    expect(after[3]).toMatchObject({
      position: 3,
      stream: 'erasures',
      revision: 0,
      type: 'RemarksErased.v1',
      actor: 'admin',
      occurredAt: BY.now.toISOString(),
      remarks: '{"reason":"it named a customer"}',
    });
    expect(JSON.parse(after[3]?.data ?? '')).toEqual({
      eventId: target.id,
      position: 1,
      remarksHash: remarksHash(target),
    });
    expect(JSON.parse(after[3]?.meta ?? '')).toMatchObject({
      channel: 'cli',
      decidedAgainst: { 'artifact-1': 0, erasures: -1 },
    });
  });

  it('leaves none of their bytes in any file, however long they were', async () => {
    const long = append('artifact-long', -1, { remarks: `{"reason":"${`${SECRET} `.repeat(500)}"}` });
    // The first events were on a page of their own until it was full: its bytes may be a copy that no table knows of.
    const later = upTo(100).map((index) => append(`artifact-later-${index}`, -1));
    const before = await write([...history(), long]);
    await write(later);
    expect(bytesOf(file)).toContain(SECRET);
    const eraser = keep(SqliteEraser.open({ file }));
    const ids = [idAt(before, 1), idAt(before, 3)];
    const { toErase } = await planErasures(eraser, ids, 'it named a customer');
    for (const planned of toErase) eraseRemarks(eraser, planned, BY);
    expect(eraser.wipe()).toBe(true);
    for (const name of [file, `${file}-wal`, `${file}-shm`])
      expect([name, bytesOf(name).includes(SECRET)]).toEqual([name, false]);
    expect(bytesOf(file)).toContain('reason 2');
  });

  it('says so while another process still reads what was written before', async () => {
    const before = await write();
    const other = new Database(file, { readonly: true });
    other.exec('BEGIN');
    other.prepare('SELECT count(*) FROM events').get();
    const eraser = keep(SqliteEraser.open({ file }));
    const { toErase } = await planErasures(eraser, [idAt(before, 1)], 'it named a customer');
    for (const planned of toErase) eraseRemarks(eraser, planned, BY);
    expect(eraser.wipe()).toBe(false);
    other.close();
    expect(eraser.wipe()).toBe(true);
    expect(bytesOf(file)).not.toContain(SECRET);
  });

  it('takes the snapshot of its stream along, and no other', async () => {
    const before = await write();
    const store = await SqliteEventStore.open({ file });
    for (const stream of ['artifact-1', 'artifact-2']) {
      await store.saveSnapshot(stream, { revision: 0, version: 1, state: JSON.stringify({ said: SECRET }) });
    }
    await store.close();
    await erase(idAt(before, 1));
    const again = await openStore();
    expect(await again.loadSnapshot('artifact-1')).toBeUndefined();
    expect(await again.loadSnapshot('artifact-2')).toMatchObject({ revision: 0 });
  });

  it('is planned once for an id, and not for what has no remarks, or none any more', async () => {
    const before = await write([...history(), append('artifact-silent', -1)]);
    await erase(idAt(before, 0));
    const eraser = keep(SqliteEraser.open({ file }));
    const ids = [3, 0, 1, 1].map((position) => idAt(before, position));
    const { toErase, without } = await planErasures(eraser, ids, 'it named a customer');
    expect(toErase.map(({ target }) => target.position)).toEqual([1]);
    expect(without.map(({ target, why }) => [target.position, why])).toEqual([
      [3, 'no-remarks'],
      [0, 'erased-already'],
    ]);
  });

  it('is refused for a record of an erasure, for an unknown id, and the second time', async () => {
    const before = await write();
    await erase(idAt(before, 1));
    const eraser = keep(SqliteEraser.open({ file }));
    const record = (await read())[3] as RecordedEvent;
    await expect(planErasures(eraser, [record.id], 'why')).rejects.toMatchObject({ code: 'records-an-erasure' });
    const unknown = '0193a7c2-0000-7000-8000-000000000001';
    await expect(planErasures(eraser, [unknown], 'why')).rejects.toMatchObject({ code: 'unknown-event' });
    const { toErase } = await planErasures(eraser, [idAt(before, 2)], 'why');
    const [planned] = toErase as [(typeof toErase)[number]];
    eraseRemarks(eraser, planned, BY);
    expect(() => eraseRemarks(eraser, planned, BY)).toThrow('an erasure is one that an event records');
    expect(await read()).toHaveLength(5);
  });

  it('needs the ledger for itself', async () => {
    await write();
    await openStore();
    expect(() => SqliteEraser.open({ file })).toThrow('in use by another Cairn');
  });

  it('leaves a ledger that goes on, and erases nothing by half when it is killed', async () => {
    const before = await write(
      upTo(1_500).map((index) => append(`artifact-${index}`, -1, { remarks: `{"reason":"${SECRET} ${index}"}` })),
    );
    const acknowledged = new Set<string>();
    for (const round of upTo(3)) {
      const child = spawn(process.execPath, [ERASER, DIST, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.split('\n').length > 40 + 70 * round) child.kill('SIGKILL');
      });
      await once(child, 'close');
      for (const id of said.split('\n').slice(1, -1)) acknowledged.add(id);
    }
    expect(acknowledged.size).toBeGreaterThan(100);

    const after = await read();
    const erased = after.filter(({ remarks }) => remarks === null);
    const records = after.slice(before.length).map(({ data }) => JSON.parse(data) as object);
    expect(erased.length).toBeLessThan(before.length);
    expect(records).toEqual(
      erased.map(({ id, position, remarksHash: hash }) => ({ eventId: id, position, remarksHash: hash })),
    );
    expect(after.slice(0, before.length).map(leafHash)).toEqual(before.map(leafHash));
    const ids = new Set(erased.map(({ id }) => id));
    expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
    await appendAccepted(await openStore(), append('artifact-new', -1));
  });
});

describe('the door in the triggers', () => {
  const rowOf = (position: number, hash: string, by: number) =>
    `INSERT INTO erasures VALUES (${position}, x'${hash}', ${by})`;
  const ZEROED = `CAST(substr(salts, 1, 16) || zeroblob(16) || substr(salts, 33) AS BLOB)`;
  const opening = `UPDATE events SET remarks = NULL, salts = ${ZEROED}`;

  /** A ledger with a record of what is to be erased at position 1, and no erasure yet. */
  async function recorded(): Promise<{ db: Database.Database; hash: string }> {
    const [, target] = (await write()) as [RecordedEvent, RecordedEvent];
    const hash = remarksHash(target);
    const data = JSON.stringify({ eventId: target.id, position: 1, remarksHash: hash });
    const store = await SqliteEventStore.open({ file });
    await appendAccepted(
      store,
      append('erasures', -1, { type: 'RemarksErased.v1', data, remarks: '{"reason":"why"}' }),
    );
    await store.close();
    const db = new Database(file);
    keep({ close: () => Promise.resolve(void db.close()) });
    return { db, hash };
  }

  it('is shut without a row that says so', async () => {
    const { db } = await recorded();
    expect(() => db.exec(`${opening} WHERE position = 1`)).toThrow('only be added to');
  });

  it('lets through the remarks with their salt, where a row says so, once, and nothing else', async () => {
    const { db, hash } = await recorded();
    db.exec(rowOf(1, hash, 3));
    const before = db.prepare('SELECT * FROM events').all();
    const beside = [
      ...[`position = 9`, `id = randomblob(16)`, `stream_id = 1`, `revision = 1`, `type_id = 2`],
      ...[`occurred_at = recorded_at || ' '`, `recorded_at = ''`, `actor = 'x'`, `data = '{}'`, `meta = '{}'`],
    ].map((change) => `${opening}, ${change} WHERE position = 1`);
    const salts = [
      'salts',
      'zeroblob(48)',
      `CAST(substr(salts, 1, 15) || zeroblob(17) || substr(salts, 33) AS BLOB)`,
      `CAST(substr(salts, 1, 16) || zeroblob(17) || substr(salts, 34) AS BLOB)`,
      `CAST(substr(salts, 1, 16) || randomblob(16) || substr(salts, 33) AS BLOB)`,
      `CAST(${ZEROED} || x'00' AS BLOB)`,
      'NULL',
    ].map((value) => `UPDATE events SET remarks = NULL, salts = ${value} WHERE position = 1`);
    const others = [
      `UPDATE events SET remarks = '{}', salts = ${ZEROED} WHERE position = 1`,
      `UPDATE events SET salts = ${ZEROED} WHERE position = 1`,
      'UPDATE events SET remarks = remarks WHERE position = 1',
      `${opening} WHERE position = 0`,
      opening,
      `UPDATE OR REPLACE events SET remarks = NULL, salts = ${ZEROED}, position = 0 WHERE position = 1`,
      'DELETE FROM events WHERE position = 1',
    ];
    for (const statement of [...beside, ...salts, ...others]) {
      expect(() => db.exec(statement)).toThrow('only be added to');
    }
    expect(db.prepare('SELECT * FROM events').all()).toEqual(before);

    db.exec(`${opening} WHERE position = 1`);
    const after = db.prepare('SELECT * FROM events').all();
    expect(after.filter((_, index) => index !== 1)).toEqual(before.filter((_, index) => index !== 1));
    expect(after[1]).toMatchObject({ remarks: null });
    for (const undoing of [
      `${opening} WHERE position = 1`,
      `UPDATE events SET remarks = '{"reason":"${SECRET}"}' WHERE position = 1`,
      `UPDATE events SET salts = randomblob(48) WHERE position = 1`,
    ]) {
      expect(() => db.exec(undoing)).toThrow('only be added to');
    }
  });

  it('takes no row but the one that the record says', async () => {
    const { db, hash } = await recorded();
    const other = 'ab'.repeat(32);
    const forbidden = [
      rowOf(1, other, 3),
      rowOf(0, hash, 3),
      rowOf(7, hash, 3),
      rowOf(1, hash, 2),
      rowOf(1, hash, 7),
      rowOf(3, hash, 3),
      `INSERT INTO erasures (remarks_hash, erased_by) VALUES (x'${hash}', 3)`,
      `INSERT OR REPLACE INTO erasures VALUES (1, x'${other}', 3)`,
    ];
    for (const statement of forbidden) expect(() => db.exec(statement)).toThrow('one that an event records');
    db.exec(rowOf(1, hash, 3));
    expect(() => db.exec(rowOf(1, hash, 3))).toThrow('one that an event records');
    expect(() => db.exec(`REPLACE INTO erasures VALUES (1, x'${hash}', 3)`)).toThrow('one that an event records');
    for (const statement of [
      `UPDATE erasures SET remarks_hash = x'${other}'`,
      'UPDATE erasures SET position = 0',
      'UPDATE OR REPLACE erasures SET erased_by = 2',
      'DELETE FROM erasures',
    ]) {
      expect(() => db.exec(statement)).toThrow('erasures can only be added to');
    }
  });

  it('takes no row for what is erased already, nor for a record', async () => {
    const before = await write();
    await erase(idAt(before, 1));
    const record = (await read())[3] as RecordedEvent;
    const hash = remarksHash(record);
    const store = await SqliteEventStore.open({ file });
    for (const [revision, target] of [record, before[1] as RecordedEvent].entries()) {
      const data = JSON.stringify({ eventId: target.id, position: target.position, remarksHash: hash });
      await appendAccepted(store, append('erasures', revision, { type: 'RemarksErased.v1', data }));
    }
    await store.close();
    const db = new Database(file);
    expect(() => db.exec(rowOf(3, hash, 4))).toThrow('one that an event records');
    expect(() => db.exec(rowOf(1, hash, 5))).toThrow('one that an event records');
    db.close();
  });
});

describe('a ledger from before erasures', () => {
  const schemaOf = (name: string) => {
    const db = new Database(name, { readonly: true });
    const rows = db.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY name').all() as {
      sql: string | null;
    }[];
    // A table is the same however its text is broken into lines.
    for (const row of rows) row.sql = row.sql?.replaceAll(/\s+/g, ' ').replaceAll(/(?<=\() | (?=\))/g, '') ?? null;
    const version = db.pragma('user_version', { simple: true });
    db.close();
    return { rows, version };
  };

  it('is read as it is', async () => {
    const appends = history();
    writeVersion1(file, appends);
    const size = statSync(file).size;
    const events = await read();
    expect(events.map(({ id, remarks }) => ({ id, remarks }))).toEqual(
      appends.map(({ event: { id, remarks } }) => ({ id, remarks })),
    );
    expect([schemaOf(file).version, statSync(file).size]).toEqual([1, size]);
  });

  it('has no remarks that were erased: what is gone there was taken by somebody else', async () => {
    writeVersion1(file, history());
    new Database(file)
      .exec('DROP TRIGGER events_no_update; UPDATE events SET remarks = NULL WHERE position = 1')
      .close();
    const [, event] = (await read()) as [RecordedEvent, RecordedEvent];
    expect(event).toMatchObject({ remarks: null });
    expect(event).not.toHaveProperty('remarksHash');
    expect(() => leafHash(event)).toThrow('their hash is not at hand');
  });

  it('becomes one with them when it is written, and is then as a new one', async () => {
    writeVersion1(file, history());
    const before = await read();
    await (await SqliteEventStore.open({ file })).close();
    expect(await read()).toEqual(before);
    const fresh = join(folder, 'fresh.db');
    await (await SqliteEventStore.open({ file: fresh })).close();
    expect(schemaOf(file)).toEqual(schemaOf(fresh));
    expect(schemaOf(file).version).toBe(2);
    await erase(idAt(before, 1));
    expect((await read())[1]).toMatchObject({ remarks: null });
    await appendAccepted(await openStore(), append('artifact-new', -1));
  });

  it('stays one when it cannot be brought up to date', async () => {
    writeVersion1(file, history());
    new Database(file).exec('CREATE TABLE erasures (mine TEXT)').close();
    const before = schemaOf(file);
    await expect(SqliteEventStore.open({ file })).rejects.toThrow('erasures');
    expect(schemaOf(file)).toEqual(before);
  });

  it('is read by one that had it open when it was brought up to date', async () => {
    writeVersion1(file, history());
    const reader = keep(SqliteEventReader.open(file));
    const before = await reader.readAll(0, 10);
    await erase(idAt(before, 1));
    const after = await reader.readAll(0, 10);
    expect(after.slice(0, 3).map(leafHash)).toEqual(before.map(leafHash));
  });
});
