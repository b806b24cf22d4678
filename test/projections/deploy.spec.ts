import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cairn, type Ended } from '../e2e/cli/cairn.js';
import { StandIn, type Trouble } from './support/stand-in.js';

const FOLDER = join(import.meta.dirname, '../../projections');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.js'));
const NAMES = FILES.map((file) => `cairn-${file.replace('.js', '')}`);
const textOf = (name: string): string => readFileSync(join(FOLDER, `${name.replace('cairn-', '')}.js`), 'utf8');

let server: StandIn;
beforeEach(async () => {
  server = await StandIn.start();
});
afterEach(() => server.stop());

/** From `dist/`, in another folder than the repository: the files must be found all the same. */
const projections = (command: string, address = server.address): Promise<Ended> =>
  cairn(['projections', command], { CAIRN_EVENT_STORE: address });

describe('cairn projections deploy', () => {
  it('creates each with its text, and says which write links', async () => {
    const { code, stdout, stderr } = await projections('deploy');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toEqual(NAMES.map((name) => `${name}: created`));
    for (const name of NAMES) {
      const kept = server.projections.get(name);
      expect(kept).toMatchObject({ Query: textOf(name), EmitEnabled: name.includes('history-'), Enabled: true });
    }
  });

  it('changes nothing the second time', async () => {
    await projections('deploy');
    server.changes.length = 0;
    const { code, stdout } = await projections('deploy');
    expect(code).toBe(0);
    expect(stdout.match(/: unchanged$/gm)).toHaveLength(NAMES.length);
    expect(server.changes).toEqual([]);
  });

  it('replaces a text that differs, from the beginning, and goes on emitting', async () => {
    await projections('deploy');
    server.changes.length = 0;
    const [kept] = [server.projections.get('cairn-history-by-run')];
    if (kept) kept.Query = 'fromAll().when({})';
    const { stdout } = await projections('deploy');
    expect(stdout).toContain('cairn-history-by-run: replaced, and begun anew\n');
    expect(server.changes).toEqual(
      ['disable', 'reset', 'update', 'enable'].map((what) => `${what} cairn-history-by-run`),
    );
    expect(kept).toMatchObject({ Query: textOf('cairn-history-by-run'), EmitEnabled: true, Enabled: true, epoch: 1 });
  });

  it.each(['reset', 'update', 'enable'])('finishes one that broke before its %s', async (step) => {
    await projections('deploy');
    const kept = server.projections.get('cairn-known-good');
    if (kept) kept.Query = 'fromAll().when({})';
    server.breaksAt = step;
    expect((await projections('deploy')).code).toBe(69);
    server.breaksAt = undefined;
    expect((await projections('deploy')).code).toBe(0);
    expect(kept).toMatchObject({ Query: textOf('cairn-known-good'), Enabled: true });
    expect(kept?.epoch).toBeGreaterThanOrEqual(1);
  });

  it('enables what was disabled or has stopped at an error', async () => {
    await projections('deploy');
    const [disabled, faulted] = [
      server.projections.get('cairn-known-good'),
      server.projections.get('cairn-monthly-figures'),
    ];
    if (disabled) disabled.Enabled = false;
    if (faulted) faulted.faulted = 'It threw.';
    const { stdout } = await projections('deploy');
    expect(stdout).toContain('cairn-known-good: enabled\n');
    expect(stdout).toContain('cairn-monthly-figures: enabled\n');
    expect(stdout.match(/: unchanged$/gm)).toHaveLength(NAMES.length - 2);
  });

  it('makes one anew that was deleted there', async () => {
    await projections('deploy');
    const kept = server.projections.get('cairn-known-good');
    if (kept) kept.Deleted = true;
    expect((await projections('deploy')).stdout).toContain('cairn-known-good: created\n');
  });

  it('does not touch one of another version of the engine', async () => {
    await projections('deploy');
    const kept = server.projections.get('cairn-known-good');
    if (kept) kept.EngineVersion = 2;
    server.changes.length = 0;
    const { code, stderr } = await projections('deploy');
    expect({ code, changes: server.changes }).toEqual({ code: 1, changes: [] });
    expect(stderr).toContain('for version 2 of the engine, which cannot be changed in place');
  });
});

describe('cairn projections status', () => {
  it('shows all as running', async () => {
    await projections('deploy');
    const { code, stdout } = await projections('status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/cairn-known-good +Running +100 % +41\n/);
  });

  it('shows what is missing, what stands still and why, and ends with 1', async () => {
    await projections('deploy');
    server.projections.delete('cairn-known-good');
    server.projections.set('someone-elses', { Query: '', EmitEnabled: false, Enabled: false, epoch: 0 });
    const kept = server.projections.get('cairn-monthly-figures');
    if (kept) kept.faulted = 'Specified cast is not valid.';
    const { code, stdout } = await projections('status');
    expect(code).toBe(1);
    expect(stdout).toMatch(/cairn-known-good +not on the server/);
    expect(stdout).toMatch(/cairn-monthly-figures +Faulted \(Enabled\) +12 % +41 +Specified cast is not valid\./);
    expect(stdout).not.toContain('someone-elses');
  });
});

describe('cairn projections diff', () => {
  it('says nothing but that all is the same', async () => {
    await projections('deploy');
    expect(await projections('diff')).toMatchObject({ code: 0, stdout: 'The server has what is here.\n' });
  });

  it('shows the lines that differ, what is missing and what is only there', async () => {
    await projections('deploy');
    const kept = server.projections.get('cairn-known-good');
    if (kept) kept.Query = kept.Query.replace('state.skipped += 1;', 'state.skipped += 2;');
    const links = server.projections.get('cairn-history-by-run');
    if (links) links.EmitEnabled = false;
    server.projections.delete('cairn-monthly-figures');
    server.projections.set('cairn-old', { Query: '', EmitEnabled: false, Enabled: true, epoch: 0 });
    const { code, stdout } = await projections('diff');
    expect(code).toBe(1);
    expect(stdout).toContain('--- cairn-known-good on the server\n+++ projections/known-good.js\n');
    expect(stdout).toContain('\n-   state.skipped += 2;\n+   state.skipped += 1;\n');
    expect(stdout).toContain('emitting is off there and must be on');
    expect(stdout).toContain('projections/monthly-figures.js is not on the server.');
    expect(stdout).toContain('cairn-old is on the server only.');
  });
});

describe('when the server cannot be used', () => {
  it.each<[setting: string, code: number, says: RegExp]>([
    ['sqlite:data/ledger.db', 78, /must name a KurrentDB server, such as esdb:.*and names sqlite: instead/],
    ['', 78, /must name a KurrentDB server/],
    ['http://127.0.0.1:2113', 78, /names http: instead/],
    ['esdb://', 78, /must look like esdb:/],
    ['esdb://admin:a-secret-word@host:port:1', 78, /names a host that is none/],
    ['esdb://admin:a-secret-word@host:2113?tls=maybe', 78, /tls, which has a value that it cannot have/],
    ['esdb://host:2113?tlsCAFile=/not/there.crt', 78, /certificate file that cannot be read/],
    ['esdb://admin:a-secret-word@127.0.0.1:1?tls=false', 69, /cannot be reached/],
  ])('says so: %s', async (setting, expected, says) => {
    const { code, stdout, stderr } = await projections('status', setting);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('a-secret-word');
  });

  it.each<[trouble: Trouble, code: number, says: RegExp]>([
    ['projections are off', 69, /Projections are not enabled.*\n.*KURRENTDB_RUN_PROJECTIONS=All/],
    ['wrong credentials', 77, /does not take these credentials.*\n.*administrator/],
    ['silent', 69, /did not answer in time/],
    ['not the leader', 69, /not the leader of its cluster.*\n.*all nodes/],
  ])('says so: %s', async (trouble, expected, says) => {
    server.trouble = trouble;
    const { code, stdout, stderr } = await projections('status');
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('a-secret-word');
  });

  it.each(['deploy', 'diff'])('does not get stuck in what a failed read has left: %s', async (command) => {
    server.trouble = 'wrong credentials';
    expect((await projections(command)).code).toBe(77);
    server.trouble = undefined;
    server.breaksAt = 'read';
    expect((await projections(command)).code).toBe(69);
  });

  it('says so where the service of projections is not there at all', async () => {
    const bare = await StandIn.start({ projections: false });
    const { code, stderr } = await projections('status', bare.address);
    bare.stop();
    expect(code).toBe(69);
    expect(stderr).toContain('Projections are not enabled on that server.');
  });
});
