import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { TreeReader } from '../../../src/ledger/tree/reader.js';
import { checkTree } from '../../../src/ledger/tree/check.js';
import {
  checkedSeals,
  eventAt,
  keepOnce,
  Ledger,
  newFolder,
  openSealer,
  removeFolders,
  sealAll,
  sealOnce,
} from './support.js';

afterEach(removeFolders);

const expectSealed = (folder: string, ledger: Ledger): void => {
  const seals = checkedSeals(folder);
  expect(seals.at(-1)?.size).toBe(ledger.events.length);
  for (const { size, root } of seals) expect([size, root]).toEqual([size, ledger.root(size)]);
};

async function treeOf(folder: string, check: (tree: TreeReader) => Promise<void> | void): Promise<void> {
  const tree = TreeReader.open(logFiles(folder).tree);
  try {
    await check(tree);
  } finally {
    tree.close();
  }
}

describe('a sealer', () => {
  it('signs nothing for an empty ledger, and nothing again without new events', async () => {
    const folder = newFolder();
    const ledger = new Ledger(0);
    await sealOnce(folder, ledger);
    expect(checkedSeals(folder)).toEqual([]);
    ledger.grow(5);
    const { sealer, close, published } = openSealer(folder, ledger);
    await sealer.start();
    for (let turn = 0; turn < 3; turn += 1) await sealAll(sealer);
    close();
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([5]);
    expect(published.map(({ size }) => size)).toEqual([5]);
  });

  it.each([1, 2, 255, 256, 257, 700])('signs the root that RFC 6962 defines, over %i events', async (count) => {
    const folder = newFolder();
    const ledger = new Ledger(count);
    await sealOnce(folder, ledger);
    expectSealed(folder, ledger);
    await treeOf(folder, checkTree);
  });

  it('goes on from where it was, however the ledger grows', async () => {
    const folder = newFolder();
    const ledger = new Ledger(1);
    for (const more of [0, 3, 250, 0, 1, 1, 256, 100, 33]) {
      ledger.grow(more);
      await sealOnce(folder, ledger);
    }
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([1, 4, 254, 255, 256, 512, 612, 645]);
    expectSealed(folder, ledger);
  });

  it('shows the last checkpoint again after a start', async () => {
    const folder = newFolder();
    const ledger = new Ledger(10);
    await sealOnce(folder, ledger);
    expect((await sealOnce(folder, ledger)).published.map(({ size }) => size)).toEqual([10]);
  });

  it('holds a checkpoint back for as long as somebody else has to know of it', async () => {
    const reasons: (string | undefined)[] = ['no witness answers', undefined];
    const afterSeal = () => Promise.resolve(reasons.shift());
    const { sealer, published, close } = openSealer(newFolder(), new Ledger(3), { ports: { afterSeal } });
    await sealer.start();
    while (await sealer.integrate());
    await sealer.seal();
    expect(published).toEqual([]);
    expect(await sealer.offer()).toBeUndefined();
    expect(published.map(({ size }) => size)).toEqual([3]);
    close();
  });
});

describe('a sealer refuses', () => {
  const refused = (folder: string, ledger: Ledger) => sealOnce(folder, ledger).then(() => 'sealed', String);

  async function sealedFolder(count: number): Promise<[string, Ledger]> {
    const folder = newFolder();
    const ledger = new Ledger(count);
    await sealOnce(folder, ledger);
    return [folder, ledger];
  }

  it('a ledger that is shorter than what was signed', async () => {
    const [folder, ledger] = await sealedFolder(300);
    ledger.events.length = 290;
    expect(await refused(folder, ledger)).toContain('the ledger has 290 events where 300 were signed');
    expect(await refused(folder, ledger)).toContain('the ledger has 290 events where 300 were signed');
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([300]);
  });

  it('a ledger that is shorter, where the tree is lost as well', async () => {
    const [folder, ledger] = await sealedFolder(300);
    ledger.events.length = 290;
    rmSync(logFiles(folder).tree);
    expect(await refused(folder, ledger)).toContain('the ledger has 290 events where 300 were signed');
  });

  it('a backup that has grown beyond what was signed since, naming the first event that differs', async () => {
    const [folder, ledger] = await sealedFolder(300);
    ledger.events.splice(290);
    for (let position = 290; position < 320; position += 1)
      ledger.events.push(eventAt(position, { data: '{"other":1}' }));
    expect(await refused(folder, ledger)).toContain('The first event that differs from its leaf is at position 290.');
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([300]);
  });

  it('an event that was altered, once its tree is made anew, telling between which checkpoints', async () => {
    const [folder, ledger] = await sealedFolder(100);
    for (const more of [100, 100, 100]) {
      ledger.grow(more);
      await sealOnce(folder, ledger);
    }
    ledger.events[250] = eventAt(250, { actor: 'somebody-else' });
    rmSync(logFiles(folder).tree);
    const said =
      'up to the checkpoint of 200 entries all is as it was signed, the checkpoint of 300 entries does not hold';
    expect(await refused(folder, ledger)).toContain(said);
    expect(await refused(folder, ledger)).toContain(said);
    expect(checkedSeals(folder).at(-1)?.size).toBe(400);
  });

  it.each<[string, object, string]>([
    ['is at another position', { position: 7 }, 'the store has one at position 7 in its place'],
    ['skips a revision of its stream', { revision: 9 }, 'it is revision 9 of artifact-1, after 0'],
    ['goes back in time', { recordedAt: '2026-02-28T00:00:00.000Z' }, 'before its predecessor'],
    ['has a leaf that is too long', { actor: 'a'.repeat(65_500) }, 'its leaf is longer than 65535 bytes'],
    ['lacks a text', { data: null }, 'its texts or salts are not there'],
    ['has a text in another form', { data: '{"n": 8}' }, 'its data is no RFC 8785 text'],
    ['has remarks that are no JSON', { remarks: 'words' }, 'its remarks is no RFC 8785 text'],
    ['has metadata with a key twice', { meta: '{"a":1,"a":1}' }, 'its meta is no RFC 8785 text'],
    ['happened at no time', { occurredAt: 'yesterday' }, 'one of its times is none'],
    ['lacks salts', { salts: new Uint8Array(47) }, 'its texts or salts are not there'],
  ])('an event that %s', async (_what, change, said) => {
    const ledger = new Ledger(8);
    ledger.events.push(eventAt(8, change));
    const folder = newFolder();
    expect(await refused(folder, ledger)).toContain(said);
    expect(checkedSeals(folder)).toEqual([]);
  });

  it('an event that skips a revision of a stream that it did not see since its start', async () => {
    const [folder, ledger] = await sealedFolder(8);
    ledger.events.push(eventAt(8, { revision: 9 }));
    const said = 'it is revision 9 of artifact-1, and 8 does not come before it';
    expect(await refused(folder, ledger)).toContain(said);
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([8]);
  });

  it('an event whose predecessor in its stream comes after it', async () => {
    const [folder, ledger] = await sealedFolder(8);
    ledger.events.push(eventAt(8, { revision: 2 }), eventAt(9, { stream: 'artifact-1', revision: 1 }));
    expect(await refused(folder, ledger)).toContain('it is revision 2 of artifact-1, and 1 does not come before it');
  });

  it('no event of a store that numbers its streams itself for want of a predecessor, and asks for none', async () => {
    const [folder, ledger] = await sealedFolder(8);
    ledger.grow(1);
    const readStream = () => Promise.reject(new Error('asked'));
    const events = {
      ...{ readAll: ledger.readAll.bind(ledger), findById: ledger.findById.bind(ledger) },
      ...{ readStream, isShared: true },
    };
    await sealOnce(folder, ledger, { ports: { events } });
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([8, 9]);
  });

  it('to look up what it remembers: a stream is asked for once', async () => {
    const [folder, ledger] = await sealedFolder(8);
    ledger.grow(70);
    const readStream = jest.spyOn(ledger, 'readStream');
    await sealOnce(folder, ledger);
    expect(readStream).toHaveBeenCalledTimes(7);
  });

  describe('an erasure, when', () => {
    const HASH = 'a'.repeat(64);
    const salts = Buffer.concat([Buffer.alloc(16, 1), Buffer.alloc(16), Buffer.alloc(16, 3)]);
    const erased = (position: number) => eventAt(position, { remarks: null, remarksHash: HASH, salts });
    const recordAt = (position: number, of: number, change: Partial<RecordedEvent> = {}) =>
      eventAt(position, {
        ...{ stream: 'erasures', revision: 0, type: 'RemarksErased.v1' },
        data: `{"eventId":"${eventAt(of).id}","position":${of},"remarksHash":"${HASH}"}`,
        ...change,
      });

    it('all is as it should be, not', async () => {
      const [folder, ledger] = await sealedFolder(8);
      ledger.grow(1);
      ledger.events.push(recordAt(9, 8), recordAt(10, 2, { revision: 1 }));
      ledger.events[2] = erased(2);
      ledger.events[8] = erased(8);
      expect(await refused(folder, ledger)).toBe('sealed');
    });

    it.each<[string, (events: RecordedEvent[]) => void, string]>([
      ['no event says so', (events) => events.push(erased(8)), 'its remarks are gone, and no event'],
      ['the remarks are there', (events) => events.push(eventAt(8), recordAt(9, 8)), 'and they are there'],
      ['it is of what comes later', (events) => events.push(recordAt(8, 9), erased(9)), 'of no event before it'],
      [
        'it is in another stream',
        (events) => events.push(eventAt(8), recordAt(9, 8, { stream: 'elsewhere' })),
        'it is no record of an erasure',
      ],
      [
        'it is recorded twice',
        (events) => events.push(erased(8), recordAt(9, 8), recordAt(10, 8, { revision: 1 })),
        'is recorded by another event already',
      ],
      [
        'it names another event',
        (events) => events.push(erased(8), recordAt(9, 8, { data: recordAt(9, 8).data.replace(eventAt(8).id, 'x') })),
        'is not what its record says',
      ],
      [
        'the salt is left',
        (events) => events.push({ ...erased(8), salts: Buffer.alloc(48, 1) }, recordAt(9, 8)),
        'is not what its record says',
      ],
      [
        'the hash is another one',
        (events) => events.push({ ...erased(8), remarksHash: 'b'.repeat(64) }, recordAt(9, 8)),
        'is not what its record says',
      ],
    ])('%s', async (_what, add, said) => {
      const [folder, ledger] = await sealedFolder(8);
      add(ledger.events);
      expect(await refused(folder, ledger)).toContain(said);
      expect(checkedSeals(folder).map(({ size }) => size)).toEqual([8]);
    });
  });

  it('to go on from a checkpoint that the log’s key has not signed', async () => {
    const [folder, ledger] = await sealedFolder(10);
    const db = new Database(logFiles(folder).seals);
    db.exec('DROP TRIGGER checkpoints_no_update');
    db.prepare('UPDATE checkpoints SET root = ?').run(Buffer.alloc(32));
    db.close();
    expect(await refused(folder, ledger)).toContain('The checkpoint of 10 entries does not hold');
  });

  it('to sign where somebody else has signed meanwhile', async () => {
    const folder = newFolder();
    const ledger = new Ledger(10);
    const { sealer, close } = openSealer(folder, ledger);
    await sealer.start();
    while (await sealer.integrate());
    const db = new Database(logFiles(folder).seals);
    // What the other one has signed is not even looked at: it was not this one.
    db.prepare("INSERT INTO checkpoints VALUES (4, zeroblob(32), '', '')").run();
    db.close();
    await expect(sealer.seal()).rejects.toMatchObject({ name: 'SealError' });
    close();
  });
});

describe('a tree that is', () => {
  let lost = '';
  const mended = async (spoil: (file: string) => void): Promise<string[]> => {
    const folder = newFolder();
    const ledger = new Ledger(600);
    await sealOnce(folder, ledger);
    spoil(logFiles(folder).tree);
    ledger.grow(10);
    const { lines, published, states } = await keepOnce(folder, ledger);
    expect(states).toEqual([{ state: 'sealing' }]);
    expectSealed(folder, ledger);
    expect(published.at(-1)?.size).toBe(610);
    await treeOf(folder, checkTree);
    return lines;
  };
  const inTree = (sql: string) => (file: string) => {
    const db = new Database(file);
    db.exec(sql);
    db.close();
  };

  it('lost is made anew from the events', async () => {
    await mended((file) => {
      rmSync(file);
      lost = file;
    });
    expect(existsSync(`${lost}.altered`)).toBe(false);
  });

  it.each<[string, (file: string) => void]>([
    ['without its last tile', inTree('DELETE FROM tiles WHERE level = 0 AND idx = 2')],
    ['no database', (file) => writeFileSync(file, 'nothing'.repeat(1_000))],
    ['cut off', (file) => writeFileSync(file, readFileSync(file).subarray(0, 8_192))],
    ['another file of SQLite', (file) => (rmSync(file), inTree('CREATE TABLE t (a)')(file))],
  ])('%s is made anew', async (_what, spoil) => {
    await mended(spoil);
  });

  it.each<[string, string]>([
    ['without a leaf tile', 'DELETE FROM tiles WHERE level = 0 AND idx = 1'],
    ['without its upper level', 'DELETE FROM tiles WHERE level = 1'],
    [
      'altered at a leaf',
      'UPDATE tiles SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE level = 0 AND idx = 0',
    ],
    [
      'altered at its border',
      'UPDATE tiles SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE level = 0 AND idx = 2',
    ],
    ['altered above', 'UPDATE tiles SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE level = 1'],
    [
      'of two swapped tiles',
      'UPDATE tiles SET idx = -1 WHERE level=0 AND idx=0; UPDATE tiles SET idx = 0 WHERE level=0 AND idx=1; UPDATE tiles SET idx = 1 WHERE idx=-1',
    ],
  ])('%s is made anew, and it is said', async (_what, sql) => {
    expect((await mended(inTree(sql))).join()).toContain('The tree is made anew from the events');
  });

  it('of an earlier time goes on from there', async () => {
    const folder = newFolder();
    const ledger = new Ledger(400);
    await sealOnce(folder, ledger);
    const { tree } = logFiles(folder);
    copyFileSync(tree, `${tree}.old`);
    ledger.grow(300);
    await sealOnce(folder, ledger);
    copyFileSync(`${tree}.old`, tree);
    const { lines } = await sealOnce(folder, ledger);
    expect(lines).toEqual([]);
    expect(existsSync(`${tree}.altered`)).toBe(false);
    expectSealed(folder, ledger);
    await treeOf(folder, checkTree);
  });

  it('of another ledger is made anew', async () => {
    const [own, other] = [newFolder(), newFolder()];
    const ledger = new Ledger(300);
    await sealOnce(own, ledger);
    const foreign = new Ledger(0);
    for (let position = 0; position < 500; position += 1) foreign.events.push(eventAt(position, { actor: 'other' }));
    await sealOnce(other, foreign);
    copyFileSync(logFiles(other).tree, logFiles(own).tree);
    const { lines } = await sealOnce(own, ledger);
    expect(lines.join()).toContain('is not the one that was signed');
    expectSealed(own, ledger);
  });

  it('damaged in any one byte never leads to another root', async () => {
    const folder = newFolder();
    const ledger = new Ledger(300);
    await sealOnce(folder, ledger);
    const { tree } = logFiles(folder);
    const { size } = statSync(tree);
    for (let byte = 0; byte < size; byte += 997) {
      const handle = openSync(tree, 'r+');
      const before = readFileSync(tree)[byte] ?? 0;
      writeSync(handle, Buffer.of(before ^ 0x10), 0, 1, byte);
      closeSync(handle);
      ledger.grow(1);
      await keepOnce(folder, ledger);
    }
    expectSealed(folder, ledger);
    await treeOf(folder, checkTree);
  });
});
