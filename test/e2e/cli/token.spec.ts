import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { cairn, hasControlCharacters, serve, stop, temporaryFolder, type Served } from './cairn.js';

let folder: { path: string; remove: () => void };
let server: Served;
beforeAll(async () => {
  folder = temporaryFolder();
  server = await serve(folder.path);
});
afterAll(async () => {
  await stop(server);
  folder.remove();
});

describe('cairn token', () => {
  it('issues a token alone on stdout, lists it, and revokes it', async () => {
    const args = ['token', 'issue', '--subject', 'orders-ci', '--role', 'pipeline', '--pipeline', 'orders-ci'];
    const issued = await cairn([...args, '--expires-at', '2199-01-01T00:00:00Z'], server.settings);
    expect(issued.code).toBe(0);
    expect(issued.stdout).toMatch(/^\S{20,}\n$/);
    expect(issued.stderr).toContain('orders-ci (pipeline)');
    const token = issued.stdout.trim();
    const mine = { ...server.settings, CAIRN_TOKEN: token };

    const listed = await cairn(['token', 'list'], server.settings);
    const row = /^ {2}([0-9a-f-]{36}) +orders-ci +pipeline +orders-ci +2199-01-01T00:00:00/m.exec(listed.stdout);
    expect(row).not.toBeNull();
    expect(hasControlCharacters(listed.stdout)).toBe(false);
    expect(listed.stdout).not.toContain(token);
    expect(listed.stdout).toMatch(/ orders-ci .* never *$/m);
    expect(listed.stdout).toMatch(/ admin .* never +20\d\d-\d\d-\d\dT[0-9:.]+Z *$/m);

    const forbidden = await cairn(['token', 'list'], mine);
    expect(forbidden.code).toBe(EXIT_CODES.denied);
    expect(forbidden.stderr).toContain('(HTTP 403)');

    expect((await cairn(['token', 'revoke', row?.[1] ?? ''], server.settings)).code).toBe(0);
    const revoked = await cairn(['token', 'list'], mine);
    expect(revoked.code).toBe(EXIT_CODES.denied);
    expect(revoked.stderr).toContain('(HTTP 401)');
    expect((await cairn(['token', 'list'], server.settings)).stdout).not.toContain('orders-ci');
  });

  it('says what is wrong with a field', async () => {
    const { code, stderr } = await cairn(['token', 'issue', '--subject', 'a b', '--role', 'auditor'], server.settings);
    expect(code).toBe(EXIT_CODES.failed);
    expect(stderr).toContain('subject');
  });

  it('answers a token that is not there', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const { code, stderr } = await cairn(['token', 'revoke', id], server.settings);
    expect(code).toBe(EXIT_CODES.failed);
    expect(stderr).toContain(id);
  });

  it('needs a token and a server', async () => {
    expect((await cairn(['token', 'list'], { CAIRN_URL: server.url })).code).toBe(EXIT_CODES.denied);
    const none = await cairn(['token', 'list'], { CAIRN_URL: 'http://127.0.0.1:9', CAIRN_TOKEN: 'x' });
    expect(none.code).toBe(EXIT_CODES.unavailable);
    expect(none.stderr).toContain('http://127.0.0.1:9');
    expect((await cairn(['token', 'list', '--url', 'ftp://x'], server.settings)).code).toBe(EXIT_CODES.config);
  });
});
