import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig, ConfigError } from '../../../src/config.js';
import { ViewCheckpoint } from '../../../src/views/checkpoint.js';
import { isDatabaseAway } from '../../../src/views/database/away.js';
import { openReadDatabase, ViewsDatabaseError, WriteDatabase } from '../../../src/views/database.js';
import { describeOnPostgres, freshDatabase, type FreshDatabase } from '../../support/postgres.js';
import { expectMigrationsUndone } from '../../support/undo-migrations.js';

const PASSWORD = 's3cret-of-nobody';

const errorOf = async (promise: Promise<unknown>): Promise<ViewsDatabaseError> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ViewsDatabaseError);
  expect((error as Error).message).not.toContain(PASSWORD);
  return error as ViewsDatabaseError;
};

describe('the address of a PostgreSQL', () => {
  const load = (url: string) => loadConfig({ CAIRN_DATABASE: url }).database;

  it.each([
    'postgres://cairn@db/cairn',
    'postgresql://cairn:p%40ss@db:5433/cairn?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    'postgres://cairn:x@[::1]:5432/cairn',
    'postgres://cairn:x@/cairn?host=/var/run/postgresql',
  ])('may be %s', (url) => expect(load(url)).toBe(url));

  it.each([
    [`postgres://cairn:${PASSWORD}@db`, 'one database'],
    [`postgres://cairn:${PASSWORD}@db/a/b`, 'one database'],
    [`postgres://cairn:${PASSWORD}@one,two/cairn`, 'several hosts'],
    [`postgres:///cairn`, 'no host'],
    [`postgres://cairn:${PASSWORD}%@db/cairn`, 'a % in its password'],
    [`postgres://cairn:${PASSWORD}@d%zb/cairn`, '%'],
    [`postgres://cairn:${PASSWORD}@db:99999999/cairn`, 'must look like'],
    [`postgres://cairn:${PASSWORD}#@db/cairn`, 'must look like'],
    [`postgres://cairn:${PASSWORD}@db/cairn?sslmode=maybe`, 'sslmode'],
    [`postgres://cairn:${PASSWORD}@db/cairn?max=1000`, 'max'],
    [`postgres://cairn:${PASSWORD}@db/cairn?password=${PASSWORD}`, 'password'],
  ])('%s is refused by the name of the setting, without its password', (url, why) => {
    expect(() => load(url)).toThrow(ConfigError);
    expect(() => load(url)).toThrow(/^CAIRN_DATABASE /);
    expect(() => load(url)).toThrow(why);
    expect(() => load(url)).not.toThrow(PASSWORD);
  });
});

describeOnPostgres('a PostgreSQL for the views', () => {
  let fresh: FreshDatabase;

  beforeEach(async () => {
    fresh = await freshDatabase();
  });
  afterEach(() => fresh.drop());

  const urlWith = (parts: Partial<URL>): string => Object.assign(new URL(fresh.url), parts).toString();

  it('gets the tables that the entities describe, byte order included', async () => {
    const database = await WriteDatabase.open(fresh.url);
    const drift = await database.source.driver.createSchemaBuilder().log();
    expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
    await database.close();
    await fresh.query('ALTER TABLE changes ALTER COLUMN note TYPE text COLLATE "default"');
    const again = await WriteDatabase.open(fresh.url);
    expect((await again.source.driver.createSchemaBuilder().log()).upQueries).toHaveLength(1);
    await again.close();
  });

  it('has the same tables after every migration is undone and done again', async () => {
    const schema = () =>
      fresh.query(
        `SELECT table_name, column_name, data_type, collation_name, is_nullable FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> 'view_migrations' ORDER BY 1, 2`,
      );
    const database = await WriteDatabase.open(fresh.url);
    const { source } = database;
    await expectMigrationsUndone(source, schema);
    await database.close();
  });

  it('is brought up to date once when several servers start at the same moment', async () => {
    const opening = Array.from({ length: 6 }, () => WriteDatabase.open(fresh.url));
    const databases = await Promise.all(opening);
    expect(await fresh.query('SELECT count(*)::int AS done FROM view_migrations')).toEqual([
      { done: databases[0]?.source.migrations.length },
    ]);
    const held = await Promise.all(databases.map((database) => database.hold()));
    expect(held.filter(Boolean)).toHaveLength(1);
    await Promise.all(databases.map((database) => database.close()));
  });

  it('that holds something else is refused and left alone', async () => {
    await fresh.query('CREATE TABLE of_somebody_else (a int)');
    const error = await errorOf(WriteDatabase.open(fresh.url));
    expect(error.message).toContain('belongs to something else');
    expect(error.code).toBe('database-refused');
    expect(
      await fresh.query("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"),
    ).toEqual([{ relname: 'of_somebody_else' }]);
  });

  it.each([
    ['a wrong password', { password: PASSWORD }, 'does not accept the user or the password', 'database-refused'],
    ['no such database', { pathname: '/cairn_nowhere' }, 'is not there; create it first', 'database-refused'],
    ['nobody who listens', { port: '1' }, 'cannot be reached', 'database-away'],
    ['no TLS', { search: '?sslmode=verify-full' }, 'does not support SSL', 'database-refused'],
    ['a schema that is not there', { search: '?options=-c%20search_path=none' }, 'no schema', 'database-refused'],
  ])('with %s says so, without the password', async (_, change, why, code) => {
    const error = await errorOf(WriteDatabase.open(urlWith(change)));
    expect(error.message).toContain(why);
    expect(error.code).toBe(code);
    expect((await errorOf(openReadDatabase(urlWith(change)))).message).toContain("the views' ");
  });

  it('may be one schema of several', async () => {
    await fresh.query('CREATE TABLE of_somebody_else (a int)');
    await fresh.query('CREATE SCHEMA cairn');
    const url = urlWith({ search: '?options=-c%20search_path=cairn' });
    const database = await WriteDatabase.open(url);
    expect(await database.hold()).toBe(true);
    const reader = await openReadDatabase(url);
    expect(await reader.manager.find(ViewCheckpoint)).toEqual([]);
    await reader.destroy();
    await database.close();
  });

  it('gives readers connections that cannot write, and only to tables that are there', async () => {
    expect((await errorOf(openReadDatabase(fresh.url))).message).toContain('not there');
    const database = await WriteDatabase.open(fresh.url);
    const reader = await openReadDatabase(fresh.url);
    await expect(reader.query('DELETE FROM view_checkpoints')).rejects.toThrow('read-only');
    expect(await reader.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '2min' }]);
    expect(await reader.query('SELECT 2^40::bigint AS far, count(*) AS none FROM view_checkpoints')).toEqual([
      { far: 2 ** 40, none: 0 },
    ]);
    await reader.destroy();
    await database.close();
  });

  it('tells who holds the views, and gives them to the next when the holder’s connection ends', async () => {
    const [first, second] = [await WriteDatabase.open(fresh.url), await WriteDatabase.open(fresh.url)];
    expect([await first.hold(), await first.hold(), await second.hold()]).toEqual([true, true, false]);
    expect(await second.holder()).toMatch(/^"cairn projector" at 127\.0\.0\.1 \(backend \d+, connected since /);
    await fresh.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    const lost = await first.write((manager) => manager.find(ViewCheckpoint)).catch((error: unknown) => error);
    expect(isDatabaseAway(lost)).toBe(true);
    expect([await second.hold(), await first.hold()]).toEqual([true, false]);
    await second.close();
    expect(await first.hold()).toBe(true);
    await first.close();
  });
});
