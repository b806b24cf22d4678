import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { Seal } from '../../../src/ledger/sealed-ledger.js';
import { SealStore } from '../../../src/ledger/seals/store.js';
import { newFolder, removeFolders } from './support.js';

const stores: SealStore[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  removeFolders();
});

const open = (file: string): SealStore => {
  const store = SealStore.openOrMake(file, () => 'example.org/log');
  stores.push(store);
  return store;
};
const newFile = (): string => join(newFolder(), 'seals.db');
const sealOf = (size: number): Seal => ({
  size,
  root: Buffer.alloc(32, size),
  note: `note ${size}\n`,
  signedAt: '2026-03-01T12:00:00.000Z',
});

describe('the file of seals', () => {
  it('is its owner’s alone, keeps its name, and what was put into it', () => {
    const file = newFile();
    const store = open(file);
    store.addKey({ number: 0, verifierKey: 'first', fromSize: 0 });
    store.insert(sealOf(3), 0);
    store.insert(sealOf(7), 3);
    store.addKey({ number: 1, verifierKey: 'second', fromSize: 8, statement: 'both agree' });
    store.addCosignature({ size: 7, witness: 'w', line: '— w abc' });
    store.addCosignature({ size: 7, witness: 'w', line: '— w another' });
    stores.pop()?.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}-wal`)).toBe(false);
    const again = SealStore.openOrMake(file, () => 'another name');
    stores.push(again);
    expect(again.origin()).toBe('example.org/log');
    expect(again.keys()).toEqual([
      { number: 0, verifierKey: 'first', fromSize: 0 },
      { number: 1, verifierKey: 'second', fromSize: 8, statement: 'both agree' },
    ]);
    expect(again.last()).toEqual({ ...sealOf(7), note: 'note 7\n— w abc\n' });
    expect(again.seal(3)).toEqual(sealOf(3));
    expect(again.sealFrom(4)?.size).toBe(7);
    expect(again.sizesFrom(0, 10)).toEqual([3, 7]);
    expect([again.cosignedSize('w'), again.cosignedSize('other')]).toEqual([7, 0]);
  });

  it('takes a checkpoint only after the one that it extends', () => {
    const store = open(newFile());
    store.insert(sealOf(3), 0);
    for (const last of [0, 2, 4]) {
      expect(() => store.insert(sealOf(9), last)).toThrow(expect.objectContaining({ code: 'superseded' }));
    }
    expect(() => store.insert(sealOf(3), 3)).toThrow(expect.objectContaining({ name: 'SealError' }));
    expect(store.last()?.size).toBe(3);
  });

  it('has one writer', () => {
    const file = newFile();
    open(file);
    expect(() => open(file)).toThrow(expect.objectContaining({ code: 'in-use' }));
  });

  it('is not taken for one when it is something else', () => {
    const file = newFile();
    const db = new Database(file);
    db.exec('CREATE TABLE checkpoints (a)');
    db.close();
    expect(() => open(file)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it.each([
    "INSERT INTO log VALUES ('another')",
    "UPDATE log SET origin = 'another'",
    'DELETE FROM log',
    "INSERT INTO keys VALUES (0, 'x', 9, 's')",
    "INSERT OR REPLACE INTO keys VALUES (0, 'x', 0, NULL)",
    "INSERT INTO keys VALUES (2, 'x', 9, 's')",
    "INSERT INTO keys VALUES (1, 'x', 9, NULL)",
    "INSERT INTO keys VALUES (1, 'first', 9, 's')",
    "INSERT INTO keys VALUES (1, 'x', 5, 's')",
    "UPDATE keys SET verifier_key = 'x'",
    'DELETE FROM keys',
    "INSERT INTO checkpoints VALUES (5, zeroblob(32), '', '')",
    "INSERT OR REPLACE INTO checkpoints VALUES (5, zeroblob(32), '', '')",
    "INSERT INTO checkpoints VALUES (4, zeroblob(32), '', '')",
    "INSERT INTO checkpoints VALUES (6, zeroblob(31), '', '')",
    "UPDATE checkpoints SET note = ''",
    'DELETE FROM checkpoints',
    "INSERT INTO cosignatures VALUES (6, 'w2', '')",
    "INSERT OR REPLACE INTO cosignatures VALUES (5, 'w', '')",
    "UPDATE cosignatures SET line = ''",
    'DELETE FROM cosignatures',
  ])('refuses %s', (sql) => {
    const file = newFile();
    const store = open(file);
    store.addKey({ number: 0, verifierKey: 'first', fromSize: 0 });
    store.insert(sealOf(5), 0);
    store.addCosignature({ size: 5, witness: 'w', line: 'l' });
    const db = new Database(file);
    expect(() => db.exec(sql)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^SQLITE_CONSTRAINT/) }));
    db.close();
  });
});
