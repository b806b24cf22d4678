import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessLog } from '../../../src/access-log/access-log.js';
import { AccessDatabase, AccessLogError } from '../../../src/access-log/database.js';
import type { Access, TimedAccess } from '../../../src/access-log/entity.js';
import { AccessQueries } from '../../../src/access-log/queries.js';
import { temporaryFolder } from '../views/ledger.js';

const READ: Access = {
  subject: 'auditor-1',
  role: 'auditor',
  tokenId: 'token-1',
  pipeline: null,
  method: 'GET',
  route: '/v1/changes',
  path: '/v1/changes',
  status: 200,
  position: 7,
  bytes: 100,
  durationMs: 1,
  userAgent: null,
  remoteAddress: null,
};
const entry = (more: Partial<TimedAccess> = {}): TimedAccess => ({ ...READ, at: '2026-01-01T00:00:00.000Z', ...more });

describe('the file of the access log', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder.path, 'access.db');
  });
  afterEach(() => folder.remove());

  const log = (lines: string[] = []) => AccessLog.open({ file, log: (line) => lines.push(line) });

  it('has the table that the entity describes, also after the migration is undone and done again', async () => {
    const { source } = await AccessDatabase.open(file);
    const drift = async () => (await source.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
    expect(await drift()).toEqual([]);
    await source.undoLastMigration();
    await source.runMigrations();
    expect(await drift()).toEqual([]);
    await source.destroy();
  });

  it('takes a batch whole or not at all, and gives no sequence twice', async () => {
    const database = await AccessDatabase.open(file);
    database.append([entry(), entry()]);
    expect(() => database.append([entry(), entry({ path: null as unknown as string })])).toThrow('NOT NULL');
    await database.source.query('DELETE FROM access_entries WHERE sequence = 2');
    database.append([entry()]);
    const { rows } = await new AccessQueries(database.source).page({}, { limit: 10, order: 'asc' });
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 3]);
    await database.close();
  });

  it('finds a window by its times, however many entries share one', async () => {
    const database = await AccessDatabase.open(file);
    const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
    database.append([0, 1, 1, 1, 2, 4].map((second) => entry({ at: at(second) })));
    const queries = new AccessQueries(database.source);
    const found = async (from?: string, to?: string) =>
      (await queries.page({ ...(from && { from }), ...(to && { to }) }, { limit: 10, order: 'asc' })).rows.map(
        ({ sequence }) => sequence,
      );
    expect(await found(at(1), at(2))).toEqual([2, 3, 4]);
    expect(await found(at(1))).toEqual([2, 3, 4, 5, 6]);
    expect(await found(undefined, at(1))).toEqual([1]);
    expect(await found(at(3), at(4))).toEqual([]);
    await database.close();
  });

  it('finds what one value is asked for by an index that gives the order too', async () => {
    const { source } = await AccessDatabase.open(file);
    const planOf = async (where: string) =>
      (
        await source.query<{ detail: string }[]>(
          `EXPLAIN QUERY PLAN SELECT * FROM access_entries WHERE ${where} AND sequence <= 9 ORDER BY sequence DESC LIMIT 50`,
        )
      ).map(({ detail }) => detail);
    for (const column of ['subject', 'role', 'method', 'route', 'status']) {
      expect(await planOf(`${column} = '1'`)).toEqual([
        expect.stringMatching(new RegExp(`USING INDEX access_entries_by_${column} \\(${column}=\\? AND rowid<\\?\\)`)),
      ]);
    }
    await source.destroy();
  });

  it.each([
    ['a file that is no database', () => writeFileSync(file, 'not a database, but some text '.repeat(100))],
    ['a database of something else', () => new Database(file).exec('CREATE TABLE t (a)').close()],
    ['a folder', () => (file = folder.path)],
  ])('is refused by name where it is %s', async (_, make) => {
    make();
    const opening = log();
    await expect(opening).rejects.toThrow(AccessLogError);
    await expect(opening).rejects.toThrow(file);
  });

  it('gives times that never go back, over a restart and a clock that was set back', async () => {
    const first = await log();
    first.add(READ);
    await first.close();
    const future = '2999-01-01T00:00:00.000Z';
    const database = await AccessDatabase.open(file);
    database.append([entry({ at: future })]);
    await database.close();
    const second = await log();
    second.add(READ);
    const { rows } = await second.page({ from: future }, { limit: 10, order: 'asc' });
    expect(rows.map(({ at }) => at)).toEqual([future, future]);
    await second.close();
  });

  it('may be damaged under the server: it says so, keeps running and writes again when it can', async () => {
    const lines: string[] = [];
    const opened = await log(lines);
    const other = new Database(file);
    other.exec('ALTER TABLE access_entries RENAME TO elsewhere');
    opened.add(READ);
    await expect(opened.page({}, { limit: 1, order: 'desc' })).rejects.toThrow(AccessLogError);
    expect(opened.status()).toEqual({ waiting: 1, lost: 0, isFailing: true });
    other.exec('ALTER TABLE elsewhere RENAME TO access_entries');
    other.close();
    expect((await opened.page({}, { limit: 1, order: 'desc' })).rows).toMatchObject([{ subject: 'auditor-1' }]);
    expect(lines).toEqual([expect.stringMatching(/cannot be written/), expect.stringMatching(/written again/)]);
    await opened.close();
  });
});
