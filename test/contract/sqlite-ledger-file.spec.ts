import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SqliteEventReader } from '../../src/event-store/sqlite/reader.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/store.js';
import { append, appendAccepted, appends, everything, idsOf, positionsOf, upTo } from './helpers/events.js';
import { eventually } from '../support/eventually.js';

const APPENDER = fileURLToPath(new URL('./helpers/appender.js', import.meta.url));
const STORE = new URL('../../dist/event-store/sqlite/store.js', import.meta.url).href;

let folder: string;
let file: string;
const opened: SqliteEventStore[] = [];
const children: ChildProcess[] = [];

async function open(options: { maxPageCount?: number; file?: string } = {}): Promise<SqliteEventStore> {
  const store = await SqliteEventStore.open({ file, ...options });
  opened.push(store);
  return store;
}

/** Starts another process on the ledger and gathers what it says. */
function startProcess(...more: string[]) {
  const child = spawn(process.execPath, [APPENDER, STORE, file, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const said = { text: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.text += text));
  const closed = once(child, 'close');
  return { child, said, closed };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-file-'));
  file = join(folder, 'ledger.db');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a ledger file', () => {
  it('is made with its folder, for its owner only', async () => {
    file = join(folder, 'new', 'ledger.db');
    await (await open()).appendAll(appends('artifact-a', 1));
    const modes = [join(folder, 'new'), file, `${file}-wal`, `${file}.lock`].map((path) => statSync(path).mode & 0o777);
    if (process.platform !== 'win32') expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
  });

  it('is one file again once it is closed', async () => {
    const store = await open();
    await store.appendAll(appends('artifact-a', 10));
    await store.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it.each([
    ['text', (path: string) => writeFileSync(path, 'these are notes, not a database '.repeat(200)), 'not a ledger'],
    [
      'another database',
      (path: string) => new Database(path).exec('CREATE TABLE notes (text TEXT)').close(),
      'not a ledger',
    ],
    [
      'a ledger of a newer version',
      (path: string) => new Database(path).exec('PRAGMA application_id = 1128352082; PRAGMA user_version = 99').close(),
      'version 99',
    ],
  ])('is refused when it is %s, and left as it is', async (_, make, message) => {
    make(file);
    const before = statSync(file);
    const refusal = expect.objectContaining({
      code: 'corrupt',
      message: expect.stringContaining(message) as unknown,
    }) as unknown;
    await expect(open()).rejects.toEqual(refusal);
    expect(() => SqliteEventReader.open(file)).toThrow(message);
    expect(statSync(file).size).toBe(before.size);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('cannot be read before it is there', () => {
    expect(() => SqliteEventReader.open(file)).toThrow(/cannot be used/);
    expect(existsSync(file)).toBe(false);
  });
});

describe('the tables of a ledger', () => {
  it('can only be added to, whoever opens them', async () => {
    const store = await open();
    await store.appendAll([...appends('artifact-a', 2), append('artifact-b', -1)]);
    const before = await everything(store);
    const db = new Database(file);
    const copy = (changes: string) => `REPLACE INTO events SELECT ${changes} FROM events WHERE position = 1`;
    const rest = 'type_id, occurred_at, recorded_at, actor, data, remarks, meta, salts';
    const forbidden = [
      `UPDATE events SET data = '{}'`,
      `UPDATE events SET remarks = NULL WHERE position = 0`,
      'DELETE FROM events WHERE position = 2',
      'DELETE FROM events',
      copy(`position, id, stream_id, revision, ${rest}`),
      copy(`3, id, stream_id, 2, ${rest}`),
      copy(`3, randomblob(16), stream_id, 1, ${rest}`),
      copy(`3, randomblob(16), stream_id, 4, ${rest}`),
      copy(`4, randomblob(16), stream_id, 2, ${rest}`),
      copy(`-1, randomblob(16), stream_id, 2, ${rest}`),
      `UPDATE streams SET name = 'artifact-z'`,
      'DELETE FROM streams',
      `REPLACE INTO streams VALUES (1, 'artifact-z')`,
      `REPLACE INTO streams VALUES (7, 'artifact-a')`,
      `UPDATE event_types SET name = 'Other.v1'`,
      'DELETE FROM event_types',
      `REPLACE INTO event_types VALUES (1, 'Other.v1')`,
      'UPDATE OR REPLACE events SET position = 0 WHERE position = 1',
    ];
    for (const statement of forbidden)
      expect(() => db.exec(statement)).toThrow(/only be added to|takes the|cannot be replaced/);
    db.close();
    expect(await everything(store)).toEqual(before);
  });
});

describe('a second writer', () => {
  const inUse = () =>
    expect.objectContaining({ code: 'in-use', message: expect.stringContaining(file) as unknown }) as unknown;

  it('is refused in the same process, also by another name of the file, until the first is closed', async () => {
    const first = await open();
    await first.appendAll(appends('artifact-a', 1));
    await expect(open()).rejects.toEqual(inUse());
    const link = join(folder, 'link.db');
    symlinkSync(file, link);
    await expect(open({ file: link })).rejects.toMatchObject({ code: 'in-use' });
    await appendAccepted(first, append('artifact-a', 0));
    await first.close();
    expect(await (await open()).head()).toBe(1);
  });

  it('is refused in another process, whose readers still work', async () => {
    const holder = startProcess();
    await eventually(() => holder.said.text.split('\n').length > 20);
    await expect(open()).rejects.toEqual(inUse());
    const reader = SqliteEventReader.open(file);
    const events = await reader.readAll(0, 10);
    expect(positionsOf(events)).toEqual(upTo(10));
    await reader.close();
  });

  it('is refused as another process, too', async () => {
    await open();
    const second = startProcess('hold');
    await second.closed;
    expect(second.said.text).toMatch(/^in-use\t.*ledger\.db/);
  });
});

describe('a writer that is killed', () => {
  it('leaves every acknowledged event once, and no lock', async () => {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 4; round++) {
      const { child, said, closed } = startProcess();
      await eventually(() => said.text.includes('open\n'));
      await new Promise((resolve) => setTimeout(resolve, 60 + 90 * round));
      child.kill('SIGKILL');
      await closed;
      // The last line may be cut off by the kill; a whole one ends with a line break.
      for (const line of said.text.split('\n').slice(1, -1)) {
        const [id, position] = line.split(' ');
        acknowledged.set(id ?? '', Number(position));
      }
    }
    expect(acknowledged.size).toBeGreaterThan(20);
    const store = await open();
    const events = await everything(store);
    expect(positionsOf(events)).toEqual(upTo(events.length));
    expect(new Set(idsOf(events)).size).toBe(events.length);
    for (const [id, position] of acknowledged) expect(events[position]?.id).toBe(id);
    await appendAccepted(store, append('artifact-new', -1));
  });
});

describe('a transaction', () => {
  it('takes all calls that wait', async () => {
    const store = await open();
    await Promise.all(upTo(200).map((index) => store.appendAll([append(`artifact-${index}`, -1)])));
    const { calls, transactions } = store.stats();
    expect(calls).toBe(200);
    expect(transactions).toBeLessThanOrEqual(3);
  });

  it('that fails rejects all its calls, writes none of them and leaves the store usable', async () => {
    const store = await open({ maxPageCount: 60 });
    await store.appendAll(appends('artifact-a', 2));
    const huge = append('artifact-huge', -1, { data: `"${'x'.repeat(1_000_000)}"`, type: 'New.v1' });
    const calls = [
      store.appendAll(appends('artifact-b', 3)),
      store.appendAll([huge]),
      store.appendAll(appends('artifact-a', 1, 1)),
    ];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', code: 'unavailable' } });
    }
    expect(await store.head()).toBe(1);
    expect(await store.readStream('artifact-b', 0, 10)).toEqual([]);
    expect(await appendAccepted(store, append('artifact-b', -1))).toMatchObject({ position: 2, revision: 0 });
    expect(await appendAccepted(store, append('artifact-a', 1, { type: 'New.v1' }))).toMatchObject({ position: 3 });
    await store.close();
    expect((await everything(await open())).map(({ stream }) => stream)).toEqual([
      'artifact-a',
      'artifact-a',
      'artifact-b',
      'artifact-a',
    ]);
  });
});

describe('a snapshot', () => {
  it('is kept for its stream, replaced by the next and no part of the ledger', async () => {
    const store = await open();
    expect(await store.loadSnapshot('environment-test')).toBeUndefined();
    await store.saveSnapshot('environment-test', { revision: 10, version: 1, state: '{"a":1}' });
    await store.saveSnapshot('environment-test', { revision: 20, version: 2, state: '{"a":2}' });
    await store.close();
    const again = await open();
    expect(await again.loadSnapshot('environment-test')).toEqual({ revision: 20, version: 2, state: '{"a":2}' });
    expect(await again.loadSnapshot('environment-other')).toBeUndefined();
    expect(await again.head()).toBe(-1);
  });
});
