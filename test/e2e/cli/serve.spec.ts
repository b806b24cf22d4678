import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { cairn, serve, startCairn, stop, temporaryFolder, type Running } from './cairn.js';

let folder: { path: string; remove: () => void };
let running: Running[];
beforeEach(() => {
  folder = temporaryFolder();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map(stop));
  folder.remove();
});

describe('cairn serve', () => {
  it('makes the admin token at the first start, prints it once, and stops cleanly on SIGTERM', async () => {
    const args = ['serve', '--port', '0', '--data', folder.path];
    const first = startCairn(args);
    running.push(first);
    const url = (await first.until(/Cairn serves (http:\S+)/))[1] ?? '';
    const token = (await first.until(/only its hash:\n\n {2}(\S+)\n/))[1] ?? '';
    expect((await cairn(['token', 'list'], { CAIRN_URL: url, CAIRN_TOKEN: token })).code).toBe(0);
    expect(await stop(first)).toMatchObject({ code: 0, signal: null });

    const second = startCairn(args);
    running.push(second);
    await second.until(/Cairn serves/);
    const ended = await stop(second);
    expect(ended?.code).toBe(0);
    expect(ended?.stdout).not.toContain('token');
  });

  it('stops on SIGINT too', async () => {
    const server = await serve(folder.path);
    running.push(server);
    server.process.kill('SIGINT');
    expect(await server.ended).toMatchObject({ code: 0, signal: null });
  });

  it('refuses a second process on the same ledger, and leaves the first alone', async () => {
    const server = await serve(folder.path);
    running.push(server);
    const second = await cairn(['serve', '--port', '0', '--data', folder.path]);
    expect(second.code).toBe(EXIT_CODES.inUse);
    expect(second.stderr).toMatch(/^cairn: .*in use by another Cairn/);
    expect(second.stderr).not.toMatch(/\n\s+at /);
    expect((await cairn(['token', 'list'], server.settings)).code).toBe(0);
  });

  it('says that the port is taken', async () => {
    const server = await serve(folder.path);
    running.push(server);
    const port = new URL(server.url).port;
    const other = temporaryFolder();
    const second = await cairn(['serve', '--port', port, '--data', other.path]);
    other.remove();
    expect(second.code).toBe(EXIT_CODES.unavailable);
    expect(second.stderr).toContain(port);
    expect(second.stderr).toContain('--port');
    expect(second.stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    [['serve', '--port', 'many'], {}, 'CAIRN_PORT'],
    [['serve'], { CAIRN_EVENT_STORE: 'mysql://x' }, 'CAIRN_EVENT_STORE'],
    [['serve'], { CAIRN_EVENT_STORE: 'esdb://cairn:s3cret@a?colour=blue' }, 'CAIRN_EVENT_STORE'],
    [['serve', '--data', 'elsewhere'], { CAIRN_EVENT_STORE: 'kurrentdb://cairn:s3cret@a' }, 'CAIRN_EVENT_STORE'],
    [['serve', '--data', 'elsewhere'], { CAIRN_DATABASE: 'jdbc:postgresql://a/b' }, 'CAIRN_DATABASE'],
    [['serve'], { CAIRN_ADMIN_TOKEN: 'short' }, 'CAIRN_ADMIN_TOKEN'],
  ])('names a setting that cannot be used: %j %j', async (args, settings, name) => {
    const { code, stderr } = await cairn(args, settings);
    expect(code).toBe(EXIT_CODES.config);
    expect(stderr).toContain(name);
    expect(stderr).not.toContain('s3cret');
  });

  it('says in a sentence that the event store cannot be reached, without its password', async () => {
    const { code, stderr } = await cairn(['serve'], { CAIRN_EVENT_STORE: 'esdb://cairn:s3cret@127.0.0.1:9?tls=false' });
    expect(code).toBe(EXIT_CODES.unavailable);
    expect(stderr).toMatch(/127\.0\.0\.1:9 cannot be reached/);
    expect(stderr).not.toMatch(/s3cret|\n\s+at /);
  });
});

describe('cairn rebuild', () => {
  it('makes the views anew once the server is stopped, and not while it runs', async () => {
    const server = await serve(folder.path);
    running.push(server);
    await cairn(['token', 'issue', '--subject', 'a', '--role', 'auditor'], server.settings);
    const refused = await cairn(['rebuild', '--data', folder.path]);
    expect(refused.code).toBe(EXIT_CODES.inUse);
    expect(refused.stderr).toContain('Stop the other process');

    await stop(server);
    const rebuilt = await cairn(['rebuild', '--data', folder.path]);
    expect(rebuilt).toMatchObject({ code: 0 });
    expect(rebuilt.stdout).toMatch(/^The views were made anew from [1-9]\d* events/);

    const again = await serve(folder.path);
    running.push(again);
    expect((await cairn(['token', 'list'], again.settings)).stdout).toContain('auditor');
  });

  it('does not make a ledger where there is none', async () => {
    const ended = await cairn(['rebuild', '--data', join(folder.path, 'none')]);
    expect(ended.code).toBe(EXIT_CODES.input);
    expect(existsSync(join(folder.path, 'none'))).toBe(false);
  });
});

describe('usage', () => {
  it('has help with examples for everything', async () => {
    const commands = [
      [],
      ['serve'],
      ['demo'],
      ['import'],
      ['rebuild'],
      ['token', 'issue'],
      ['token', 'list'],
      ['token', 'revoke'],
      ['bake'],
      ['attest'],
      ['attest', 'keygen'],
    ];
    const helps = await Promise.all(commands.map((command) => cairn([...command, '--help'])));
    for (const { code, stdout } of helps) {
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples?:\n {2}\$ /);
    }
  });

  it('prints its version', async () => {
    const { stdout, code } = await cairn(['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(code).toBe(0);
  });

  it.each([
    [['nonsense']],
    [['import']],
    [['import', 'f', '--batch', '0']],
    [['token', 'issue', '--subject', 'a', '--role', 'king']],
  ])('ends %j as wrong usage', async (args) => {
    const { code, stderr } = await cairn(args);
    expect(code).toBe(EXIT_CODES.usage);
    expect(stderr).toMatch(/^error: /);
  });
});
