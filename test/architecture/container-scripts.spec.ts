import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { checkEsdbUrl } from '../../src/event-store/esdb-url.js';

const SCRIPTS = join(import.meta.dirname, '../../docker');
/** What an address, a shell or a sed script could stumble over. */
const ODD = `p@ss:w/rd?#%&\\1 $HOME 'ü"`;

let folder: string;
const file = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(file(name), 'utf8').trimEnd();
function put(name: string, text: string): void {
  mkdirSync(dirname(file(name)), { recursive: true });
  writeFileSync(file(name), text);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-docker-'));
  mkdirSync(file('docker'));
  for (const script of ['entrypoint.sh', 'make-secrets.sh'])
    copyFileSync(join(SCRIPTS, script), file(`docker/${script}`));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('the scripts can be executed, and are what a plain shell understands', () => {
  for (const script of ['entrypoint.sh', 'make-secrets.sh']) {
    expect(statSync(join(SCRIPTS, script)).mode & 0o111).toBe(0o111);
    expect(spawnSync('sh', ['-n', join(SCRIPTS, script)]).status).toBe(0);
  }
});

describe('docker/make-secrets.sh', () => {
  const make = () => execFileSync(file('docker/make-secrets.sh'), { stdio: 'pipe' });

  it('makes passwords that nobody else has, once, in a folder that is the owner’s', () => {
    make();
    const names = ['postgres_password', 'admin_token', 'kurrentdb.env', 'event_store', 'database'];
    const made = names.map((name) => textOf(`secrets/${name}`));
    make();
    expect(names.map((name) => textOf(`secrets/${name}`))).toEqual(made);
    expect(made[0]).toMatch(/^[0-9a-f]{48}$/);
    expect(made[1]).not.toBe(made[0]);
    expect(statSync(file('secrets')).mode & 0o777).toBe(0o700);
    expect(statSync(file('secrets/kurrentdb.env')).mode & 0o777).toBe(0o600);
  });

  it('percent-encodes a password of your own in the addresses', () => {
    put('secrets/postgres_password', ODD);
    put('secrets/kurrentdb.env', `KURRENTDB_DEFAULT_ADMIN_PASSWORD=${ODD}\nKURRENTDB_DEFAULT_OPS_PASSWORD=x\n`);
    make();
    expect(textOf('secrets/postgres_password')).toBe(ODD);
    const database = new URL(textOf('secrets/database'));
    expect(decodeURIComponent(database.password)).toBe(ODD);
    expect(database.host + database.pathname).toBe('postgres-cluster:5432/cairn');
    const eventStore = textOf('secrets/event_store');
    expect(() => checkEsdbUrl(eventStore)).not.toThrow();
    const [, password = ''] = /^esdb:\/\/admin:([^@]*)@kurrentdb-1:2113,/.exec(eventStore) ?? [];
    expect(decodeURIComponent(password)).toBe(ODD);
    // The client takes it as it is, but for the certificate, which only the containers have.
    expect(() => EventStoreDBClient.connectionString(eventStore.replace(/&tlsCAFile=.*/, ''))).not.toThrow();
  });
});

describe('docker/entrypoint.sh', () => {
  const run = (settings: Record<string, string>, args: readonly string[] = ['serve']) => {
    put('package.json', '{"type":"module"}');
    put('dist/cli.js', 'console.log(JSON.stringify({ args: process.argv.slice(2), settings: process.env }));');
    const { PATH = '' } = process.env;
    return spawnSync(file('docker/entrypoint.sh'), args, { env: { PATH, ...settings }, encoding: 'utf8' });
  };

  it('gives the text of each file as the setting, letter for letter, and hands on the arguments', () => {
    put('database', `postgres://cairn:${ODD}@host/db\n`);
    put('token', 'a-token\n');
    const { stdout, status } = run(
      { CAIRN_DATABASE_FILE: file('database'), CAIRN_ADMIN_TOKEN_FILE: file('token'), CAIRN_PORT: '3000' },
      ['projections', 'deploy'],
    );
    expect(status).toBe(0);
    const { args, settings } = JSON.parse(stdout) as { args: string[]; settings: Record<string, string> };
    expect(args).toEqual(['projections', 'deploy']);
    expect(settings).toMatchObject({
      ...{ CAIRN_DATABASE: `postgres://cairn:${ODD}@host/db`, CAIRN_ADMIN_TOKEN: 'a-token', CAIRN_PORT: '3000' },
    });
    expect(Object.keys(settings).filter((name) => name.endsWith('_FILE'))).toEqual([]);
  });

  it('names a file that cannot be read, and ends with the code of a wrong setting', () => {
    const { stderr, status } = run({ CAIRN_DATABASE_FILE: '/not/there' });
    expect(status).toBe(78);
    expect(stderr).toContain('CAIRN_DATABASE_FILE names /not/there, which cannot be read');
  });

  it('hands on the exit code', () => {
    put('package.json', '{"type":"module"}');
    const { PATH = '' } = process.env;
    put('dist/cli.js', 'process.exit(69);');
    expect(spawnSync(file('docker/entrypoint.sh'), [], { env: { PATH } }).status).toBe(69);
  });
});
