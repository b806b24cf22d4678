import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ViewCheckpoint } from '../../../src/views/checkpoint.js';
import { openReadDatabase, ViewsDatabaseError, WriteDatabase } from '../../../src/views/database.js';
import { temporaryFolder } from './ledger.js';
import { expectMigrationsUndone } from '../../support/undo-migrations.js';

let folder: ReturnType<typeof temporaryFolder>;
let url: string;

beforeEach(() => {
  folder = temporaryFolder();
  url = `sqlite:${join(folder.path, 'views.db')}`;
});
afterEach(() => folder.remove());

const checkpoint = (view: string, position: number): ViewCheckpoint => ({ view, version: 1, position, eventId: null });

describe('the tables', () => {
  it('that migrations make are those that the entities describe', async () => {
    const database = await WriteDatabase.open(url);
    const drift = await database.source.driver.createSchemaBuilder().log();
    expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
    await database.close();
  });

  it('are told apart from what the entities describe', async () => {
    const database = await WriteDatabase.open(url);
    await database.source.query('ALTER TABLE changes DROP COLUMN note');
    await database.source.query('DROP INDEX changes_by_actor');
    const drift = await database.source.driver.createSchemaBuilder().log();
    expect(drift.upQueries.length).toBeGreaterThan(1);
    await database.close();
  });

  it('are the same after every migration is undone and done again', async () => {
    const database = await WriteDatabase.open(url);
    const { source } = database;
    const schema = () =>
      source.query<unknown>(
        "SELECT name, sql FROM sqlite_master WHERE name NOT IN ('view_migrations', 'sqlite_sequence')",
      );
    await expectMigrationsUndone(source, schema);
    await database.close();
  });

  it('keep positions beyond 32 bits', async () => {
    const database = await WriteDatabase.open(url);
    await database.write((manager) => manager.save(ViewCheckpoint, checkpoint('far', 2 ** 40)));
    expect(await database.source.manager.findOneBy(ViewCheckpoint, { view: 'far' })).toMatchObject({
      position: 2 ** 40,
    });
    await database.close();
  });
});

describe('opening', () => {
  it('makes files that only their owner can read', async () => {
    const database = await WriteDatabase.open(url);
    const path = url.slice('sqlite:'.length);
    const modes = [path, `${path}-wal`].map((file) => statSync(file).mode & 0o777);
    if (process.platform !== 'win32') expect(modes).toEqual([0o600, 0o600]);
    await database.close();
  });

  it.each([
    ['a file that is no database', (path: string) => writeFileSync(path, 'not a database, but some text '.repeat(100))],
    ['a database of something else', (path: string) => new Database(path).exec('CREATE TABLE t (a)').close()],
    ['a database marked by another program', (path: string) => new Database(path).pragma('application_id = 7')],
  ])('refuses %s, says which, and leaves it alone', async (_, make) => {
    const path = join(folder.path, 'other.db');
    make(path);
    const opening = WriteDatabase.open(`sqlite:${path}`);
    await expect(opening).rejects.toThrow(ViewsDatabaseError);
    await expect(opening).rejects.toThrow(path);
  });

  it('refuses an address of another kind, a folder, and to read what is not there', async () => {
    await expect(WriteDatabase.open('mysql://x')).rejects.toThrow(ViewsDatabaseError);
    await expect(WriteDatabase.open(`sqlite:${folder.path}`)).rejects.toThrow(ViewsDatabaseError);
    await expect(openReadDatabase(url)).rejects.toThrow('is not there');
  });

  it('gives readers a connection that cannot write', async () => {
    const database = await WriteDatabase.open(url);
    const reader = await openReadDatabase(url);
    await expect(reader.query('DELETE FROM view_checkpoints')).rejects.toThrow('readonly');
    await reader.destroy();
    await database.close();
  });
});

describe('concurrent writers and readers', () => {
  const WRITERS = 200;
  const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 2));

  it('never see or lose half a transaction', async () => {
    const database = await WriteDatabase.open(url);
    const reader = await openReadDatabase(url);
    await database.write((manager) => manager.insert(ViewCheckpoint, [checkpoint('left', 0), checkpoint('right', 0)]));
    let isDone = false;
    const sums: number[] = [];
    const reading = (async () => {
      while (!isDone) {
        const [row] = await reader.query<{ sum: number }[]>('SELECT sum(position) AS sum FROM view_checkpoints');
        sums.push(row?.sum ?? NaN);
        await pause();
      }
    })();

    // Each moves one from left to right, with a wait in the middle; every third fails after both halves.
    const outcomes = await Promise.allSettled(
      Array.from({ length: WRITERS }, (_, n) =>
        database.write(async (manager) => {
          await manager.decrement(ViewCheckpoint, { view: 'left' }, 'position', 1);
          await pause();
          await manager.increment(ViewCheckpoint, { view: 'right' }, 'position', 1);
          await manager.insert(ViewCheckpoint, checkpoint(`writer ${n}`, 0));
          if (n % 3 === 0) throw new Error('changed its mind');
        }),
      ),
    );
    isDone = true;
    await reading;

    const kept = outcomes.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []));
    expect(kept).toEqual(Array.from({ length: WRITERS }, (_, n) => n).filter((n) => n % 3 !== 0));
    expect(sums.length).toBeGreaterThan(10);
    expect(new Set(sums)).toEqual(new Set([0]));
    const rows = await reader.manager.find(ViewCheckpoint);
    expect(rows.find(({ view }) => view === 'right')?.position).toBe(kept.length);
    expect(
      rows
        .map(({ view }) => view)
        .filter((view) => view.startsWith('writer'))
        .sort(),
    ).toEqual(kept.map((n) => `writer ${n}`).sort());
    await reader.destroy();
    await database.close();
  });
});
