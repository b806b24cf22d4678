import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { SqliteEventStore } from '../../../src/event-store/sqlite/store.js';
import { leafText } from '../../../src/ledger/leaf.js';
import { hashLeaf } from '../../../src/ledger/merkle/hash.js';
import { verifyConsistency, verifyInclusion } from '../../../src/ledger/merkle/verify.js';
import { openCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseVerifierKey } from '../../../src/ledger/note/keys.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { Sealing } from '../../../src/ledger/sealer/sealing.js';
import type { Seal } from '../../../src/ledger/sealed-ledger.js';
import { eventually } from '../../support/eventually.js';
import { append } from '../helpers/events.js';
import { checkedSeals, newFolder, removeFolders, slowRoot } from './support.js';

let folder: string;
let store: SqliteEventStore;
let sealing: Sealing | undefined;
const lines: string[] = [];

const openStore = async () => (store = await SqliteEventStore.open({ file: join(folder, 'ledger.db') }));
const seal = async (sealIntervalMs = 60_000): Promise<Sealing> =>
  (sealing = await Sealing.open({
    ...{
      folder,
      eventStore: `sqlite:${join(folder, 'ledger.db')}`,
      settings: {},
      sealIntervalMs,
      witnesses: '',
      witnessesRequired: 0,
    },
    ...{ events: store, log: (line: string) => lines.push(line) },
  }));
const closeSealing = async () => {
  await sealing?.close();
  sealing = undefined;
};
/** New events in streams of their own; the last position. */
async function grow(count: number): Promise<number> {
  const head = await store.head();
  await store.appendAll(Array.from({ length: count }, (_, index) => append(`artifact-${head + index}-x`, -1)));
  return head + count;
}
const leaves = async (size: number): Promise<Buffer[]> =>
  (await store.readAll(0, size)).map((event) => hashLeaf(leafText(event)));
const inFile = (file: string, sql: string): void => {
  const db = new Database(file);
  db.exec(sql);
  db.close();
};
const newestOf = (ledger: Sealing): Seal => ledger.newest() as Seal;

beforeEach(async () => {
  folder = newFolder();
  lines.length = 0;
  await openStore();
});
afterEach(async () => {
  await closeSealing();
  await store.close();
  removeFolders();
});

describe('a sealed ledger', () => {
  it('seals at once for who waits, and shows a checkpoint that its key has signed', async () => {
    const ledger = await seal();
    expect(ledger.newest()).toBeUndefined();
    expect(await ledger.waitFor(0, 50)).toBe(false);
    const last = await grow(300);
    expect(await ledger.waitFor(last, 10_000)).toBe(true);
    const { size, root, note } = newestOf(ledger);
    expect([size, root]).toEqual([300, slowRoot(await leaves(300))]);
    const verifier = parseVerifierKey(ledger.keys()[0]?.verifierKey ?? '');
    expect(openCheckpoint(note, ledger.origin, [verifier]).size).toBe(300n);
    expect(ledger.status()).toEqual({ state: 'sealing' });
  });

  it('answers all who wait at the same time', async () => {
    const ledger = await seal();
    const waiting = [];
    for (let index = 0; index < 20; index += 1) waiting.push(ledger.waitFor(await grow(1), 10_000));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
  });

  it('lets somebody wait for what is not there yet', async () => {
    const ledger = await seal();
    const waiting = ledger.waitFor(4, 20_000);
    expect(await ledger.waitFor(1_000, 300)).toBe(false);
    await grow(5);
    expect(await waiting).toBe(true);
  });

  it('seals what grows as often as it is told, and what there is when it is closed', async () => {
    const ledger = await seal(100);
    await grow(3);
    await eventually(() => ledger.newest()?.size === 3);
    await closeSealing();
    const slow = await seal(60_000);
    await eventually(() => slow.newest()?.size === 3);
    await grow(4);
    await closeSealing();
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([3, 7]);
  });

  it('proves every event and every earlier size', async () => {
    const ledger = await seal();
    await ledger.waitFor(await grow(290), 10_000);
    const hashes = await leaves(290);
    const { root } = newestOf(ledger);
    for (const position of [0, 1, 255, 256, 289]) {
      const proof = ledger.inclusionProof(position, 290);
      const leafHash = hashes[position] as Buffer;
      verifyInclusion({ index: BigInt(position), size: 290n, leafHash, proof, root });
    }
    for (const oldSize of [1, 200, 256, 289, 290]) {
      const proof = ledger.consistencyProof(oldSize, 290);
      const oldRoot = slowRoot(hashes.slice(0, oldSize));
      verifyConsistency({ oldSize: BigInt(oldSize), oldRoot, newSize: 290n, newRoot: root, proof });
    }
    const inner = ledger.inclusionProof(3, 100);
    verifyInclusion({
      ...{ index: 3n, size: 100n, leafHash: hashes[3] as Buffer },
      ...{ proof: inner, root: slowRoot(hashes.slice(0, 100)) },
    });
    for (const ask of [
      () => ledger.inclusionProof(290, 290),
      () => ledger.inclusionProof(0, 291),
      () => ledger.inclusionProof(-1, 290),
      () => ledger.consistencyProof(5, 4),
      () => ledger.consistencyProof(0, 4),
      () => ledger.consistencyProof(4, 291),
    ]) {
      expect(ask).toThrow(RangeError);
    }
  });

  it('gives tiles and entries as wide as the checkpoint’s tree has them', async () => {
    const ledger = await seal();
    expect(ledger.tile(0, 0, 1)).toBeUndefined();
    await ledger.waitFor(await grow(300), 10_000);
    const hashes = await leaves(300);
    expect(ledger.tile(0, 0, 256)).toEqual(Buffer.concat(hashes.slice(0, 256)));
    expect(ledger.tile(0, 0, 7)).toEqual(Buffer.concat(hashes.slice(0, 7)));
    expect(ledger.tile(0, 1, 44)).toEqual(Buffer.concat(hashes.slice(256)));
    expect(ledger.tile(1, 0, 1)).toEqual(slowRoot(hashes.slice(0, 256)));
    for (const [level, index, width] of [
      [0, 1, 45],
      [0, 1, 256],
      [0, 2, 1],
      [1, 0, 2],
      [2, 0, 1],
      [0, 0, 0],
    ] as const) {
      expect(ledger.tile(level, index, width)).toBeUndefined();
    }
    const entries = (await ledger.entries(1, 44)) as Buffer;
    const first = leafText((await store.readAll(256, 1))[0] as never);
    expect(entries.readUInt16BE(0)).toBe(first.length);
    expect(entries.toString('utf8', 2, 2 + first.length)).toBe(first);
    expect(await ledger.entries(1, 45)).toBeUndefined();
    // What came after the checkpoint is not shown.
    await grow(10);
    expect(ledger.tile(0, 1, 45)).toBeUndefined();
  });

  it('replaces its key, and goes on under the same name', async () => {
    const ledger = await seal();
    await ledger.waitFor(await grow(5), 10_000);
    const key = await ledger.rotateKey();
    expect(key).toMatchObject({ number: 1, fromSize: 6 });
    await ledger.waitFor(await grow(1), 10_000);
    expect(ledger.keys().map(({ number }) => number)).toEqual([0, 1]);
    const { note } = newestOf(ledger);
    expect(openCheckpoint(note, ledger.origin, [parseVerifierKey(key.verifierKey)]).size).toBe(6n);
    const { origin } = ledger;
    await closeSealing();
    expect((await seal()).origin).toBe(origin);
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([5, 6]);
  });
});

describe('a sealed ledger that was tampered with', () => {
  async function sealed(count: number): Promise<void> {
    const last = await grow(count);
    const ledger = await seal();
    expect(await ledger.waitFor(last, 10_000)).toBe(true);
  }
  const unlocked = 'DROP TRIGGER events_no_update; ';

  it('gives no entry that is not the one that was signed', async () => {
    await sealed(10);
    inFile(join(folder, 'ledger.db'), `${unlocked} UPDATE events SET actor = 'else' WHERE position = 4`);
    expect(await sealing?.entries(0, 4)).toBeDefined();
    await expect(sealing?.entries(0, 5)).rejects.toMatchObject({ code: 'diverged' });
    expect(lines.join()).toContain('The event at position 4 is not the one that was signed');
  });

  it('gives no tile and no proof that does not lead to the root, and mends its tree', async () => {
    await sealed(600);
    const spoilt = 'UPDATE tiles SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB)';
    inFile(logFiles(folder).tree, `${spoilt} WHERE level = 0 AND idx = 0`);
    const ledger = sealing as Sealing;
    expect(() => ledger.tile(0, 0, 256)).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(() => ledger.inclusionProof(1, 600)).toThrow(expect.objectContaining({ code: 'unavailable' }));
    const hashes = await leaves(600);
    const whole = Buffer.concat(hashes.slice(0, 256));
    await eventually(() => {
      try {
        return ledger.tile(0, 0, 256)?.equals(whole) ?? false;
      } catch {
        return false;
      }
    });
    expect(lines.join()).toContain('The tree is made anew from the events');
    expect(await ledger.waitFor(await grow(1), 10_000)).toBe(true);
  });

  it('stops sealing when an old ledger was put in its place, and says so at every start', async () => {
    await grow(20);
    await store.close();
    const file = join(folder, 'ledger.db');
    inFile(file, `VACUUM INTO '${file}.old'`);
    await openStore();
    await sealed(10);
    await closeSealing();
    await store.close();
    inFile(`${file}.old`, 'PRAGMA journal_mode = WAL');
    for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    renameSync(`${file}.old`, file);
    await openStore();
    await grow(30);
    for (let start = 1; start <= 2; start += 1) {
      const ledger = await seal();
      await eventually(() => ledger.status().state === 'halted');
      expect(ledger.status().detail).toContain('The first event that differs from its leaf is at position 20.');
      expect(lines.filter((line) => line.startsWith('SEALING HAS STOPPED'))).toHaveLength(start);
      expect(ledger.newest()?.size).toBe(30);
      expect([await ledger.waitFor(29, 1_000), await ledger.waitFor(30, 1_000)]).toEqual([true, false]);
      await expect(ledger.rotateKey()).rejects.toMatchObject({ name: 'SealError' });
      await closeSealing();
    }
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([30]);
  });

  it('signs no event that was put in while nobody sealed, and skips revisions', async () => {
    await sealed(10);
    await closeSealing();
    await store.close();
    const columns = 'type_id, occurred_at, recorded_at, actor, data, remarks, meta, salts';
    inFile(
      join(folder, 'ledger.db'),
      `DROP TRIGGER events_only_next;
       INSERT INTO events (position, id, stream_id, revision, ${columns})
       SELECT 10, randomblob(16), stream_id, 999, ${columns} FROM events WHERE position = 9`,
    );
    await openStore();
    const ledger = await seal();
    await eventually(() => ledger.status().state === 'halted');
    expect(ledger.status().detail).toContain('and 998 does not come before it');
    expect(newestOf(ledger).size).toBe(10);
    await closeSealing();
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([10]);
  });

  it('shows the checkpoint that was signed, where events and tree were altered, and keeps that tree', async () => {
    await sealed(300);
    const { note } = newestOf(sealing as Sealing);
    await closeSealing();
    inFile(join(folder, 'ledger.db'), `${unlocked} UPDATE events SET actor = 'else' WHERE position = 4`);
    const { tree } = logFiles(folder);
    inFile(tree, 'UPDATE tiles SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE level = 0');
    const altered = (file: string): unknown => {
      const db = new Database(file);
      const zeros = 'SELECT count(*) FROM tiles WHERE substr(hashes, 1, 32) = zeroblob(32)';
      const count = db.prepare(zeros).pluck().get();
      db.close();
      return count;
    };
    for (let start = 1; start <= 2; start += 1) {
      const ledger = await seal();
      await eventually(() => ledger.status().state === 'halted');
      expect(newestOf(ledger).note).toBe(note);
      expect(ledger.keys()).toHaveLength(1);
      expect(await ledger.waitFor(300, 100)).toBe(false);
      expect(() => ledger.tile(0, 0, 256)).toThrow(expect.objectContaining({ code: 'unavailable' }));
      await closeSealing();
      // The one that was altered, and not one that was made since.
      expect(altered(`${tree}.altered`)).toBe(2);
    }
    expect(readdirSync(folder).filter((name) => name.includes('.altered'))).toEqual(['tree.db.altered']);
    expect(lines.filter((line) => line.includes(`is kept as ${tree}.altered`))).toHaveLength(1);
  });
});
