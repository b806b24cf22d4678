import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { generateSigningKey, parseSigningKey } from '../../../src/ledger/note/keys.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { openLog, type LogSettings } from '../../../src/ledger/sealer/open-log.js';
import { checkedSeals, keepOnce, Ledger, newFolder, openSealer, removeFolders, sealOnce } from './support.js';

afterEach(removeFolders);

const ORIGIN = 'example.org/log';

/** Opens a folder's log and lets go of it; the code of the error where it cannot be. */
function tried(folder: string, settings: LogSettings = {}): string {
  try {
    const { seals, origin } = openLog(logFiles(folder), settings);
    seals.close();
    return `opened ${origin}`;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe('a log', () => {
  it('is begun with a name and a key of its own, which are its owner’s alone', () => {
    const folder = newFolder();
    const first = tried(folder);
    expect(first).toMatch(/^opened cairn\.local\/[0-9a-f]{16}$/);
    expect(tried(folder)).toBe(first);
    expect(statSync(logFiles(folder).key).mode & 0o777).toBe(0o600);
    expect(parseSigningKey(readFileSync(logFiles(folder).key, 'utf8').trim()).verifier.name).toBe(first.slice(7));
  });

  it('takes the name that a setting gives, and no other afterwards', () => {
    const folder = newFolder();
    expect(tried(folder, { origin: ORIGIN })).toBe(`opened ${ORIGIN}`);
    expect(tried(folder, { origin: 'example.org/other' })).toBe('origin-differs');
    expect(tried(folder)).toBe(`opened ${ORIGIN}`);
  });

  it('takes a key as text or from a file, with the key’s name', () => {
    const key = generateSigningKey(ORIGIN);
    const file = join(newFolder(), 'key');
    writeFileSync(file, `${key}\n`);
    expect(tried(newFolder(), { signingKey: key })).toBe(`opened ${ORIGIN}`);
    const folder = newFolder();
    expect(tried(folder, { signingKey: file })).toBe(`opened ${ORIGIN}`);
    expect(existsSync(logFiles(folder).key)).toBe(false);
    expect(tried(newFolder(), { signingKey: key, origin: 'example.org/other' })).toBe('key-unusable');
  });

  it.each(['nonsense', 'PRIVATE+KEY+nonsense', '/not/there'])(
    'refuses the key %s without repeating it',
    (signingKey) => {
      const open = () => openLog(logFiles(newFolder()), { signingKey });
      expect(open).toThrow(expect.objectContaining({ code: 'key-unusable' }));
      expect(open).toThrow(expect.objectContaining({ message: expect.not.stringContaining(signingKey) }));
    },
  );

  it('says what to do about a key that is lost, is another one, or may be known to others', () => {
    const folder = newFolder();
    tried(folder);
    const { key } = logFiles(folder);
    renameSync(key, `${key}.away`);
    expect(tried(folder)).toBe('key-missing');
    writeFileSync(key, generateSigningKey('example.org/other'), { mode: 0o600 });
    expect(tried(folder)).toBe('key-differs');
    renameSync(`${key}.away`, key);
    chmodSync(key, 0o640);
    expect(tried(folder)).toBe('key-exposed');
    chmodSync(key, 0o600);
    expect(tried(folder)).toMatch(/^opened/);
  });

  it.each(['tree', 'key'] as const)('is not begun anew where its seals are lost and its %s is there', async (left) => {
    const folder = newFolder();
    await sealOnce(folder, new Ledger(3));
    const files = logFiles(folder);
    const backup = readFileSync(files.seals);
    rmSync(files.seals);
    rmSync(left === 'tree' ? files.key : files.tree);
    expect(tried(folder)).toBe('seals-missing');
    // Nor where an empty file is in its place.
    writeFileSync(files.seals, '');
    expect(tried(folder)).toBe('seals-missing');
    writeFileSync(files.seals, backup);
    expect(tried(folder)).toMatch(left === 'key' ? /^opened/ : /^key-missing$/);
  });

  it('begins another one once what was left of the first is out of the way', async () => {
    const folder = newFolder();
    const { origin } = await sealOnce(folder, new Ledger(3));
    for (const file of Object.values(logFiles(folder))) rmSync(file as string, { force: true });
    expect(tried(folder)).toMatch(/^opened/);
    expect(tried(folder)).not.toContain(origin);
  });

  it('has one sealer at a time, and two that start at once do not fork it', async () => {
    const folder = newFolder();
    const ledger = new Ledger(50);
    const first = openSealer(folder, ledger);
    expect(() => openSealer(folder, ledger)).toThrow(expect.objectContaining({ code: 'in-use' }));
    first.close();
    const runs = await Promise.allSettled(Array.from({ length: 5 }, () => keepOnce(folder, ledger)));
    expect(runs.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([50]);
  });
});

describe('a key that a setting gives', () => {
  const [old, next, third] = [1, 2, 3].map(() => generateSigningKey(ORIGIN)) as [string, string, string];

  it('follows the one that is named as its predecessor', async () => {
    const folder = newFolder();
    const ledger = new Ledger(10);
    await sealOnce(folder, ledger, { settings: { signingKey: old } });
    expect(tried(folder, { signingKey: next })).toBe('key-differs');
    expect(tried(folder, { signingKey: next, previousKey: third })).toBe('key-differs');
    ledger.grow(5);
    await sealOnce(folder, ledger, { settings: { signingKey: next, previousKey: old } });
    expect(checkedSeals(folder).map(({ size }) => size)).toEqual([10, 15]);
    // Both may stay set, and the old one alone is of no use any more.
    expect(tried(folder, { signingKey: next, previousKey: old })).toBe(`opened ${ORIGIN}`);
    expect(tried(folder, { signingKey: next })).toBe(`opened ${ORIGIN}`);
    expect(tried(folder, { signingKey: old })).toBe('key-differs');
  });

  it('can follow the one in the data folder', async () => {
    const folder = newFolder();
    await sealOnce(folder, new Ledger(4), { settings: { origin: ORIGIN } });
    expect(tried(folder, { signingKey: next, previousKey: logFiles(folder).key })).toBe(`opened ${ORIGIN}`);
    expect(tried(folder)).toBe('key-differs');
  });
});
