import { afterAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig, SETTINGS } from '../../../src/config.js';
import { startServer } from '../../../src/main.js';

const TOKEN = 'a-token-that-somebody-chose-for-this-test';

describe('the first start', () => {
  const folders: string[] = [];
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), 'cairn-'));
    folders.push(made);
    return made;
  };
  afterAll(() => Promise.all(folders.map((made) => rm(made, { recursive: true, force: true }))));

  const start = async (home: string, token?: string) => {
    const lines: string[] = [];
    const settings = { CAIRN_DATA: home, CAIRN_PORT: '0', ...(token && { CAIRN_ADMIN_TOKEN: token }) };
    const server = await startServer(loadConfig(settings), (line) => lines.push(line));
    return { server, lines };
  };
  const tokensSeenBy = async (url: string, token: string) =>
    (await fetch(`${url}/v1/tokens`, { headers: { authorization: `Bearer ${token}` } })).status;

  it('makes a token, tells it once and keeps only its hash', async () => {
    const home = await folder();
    const first = await start(home);
    const token = first.server.adminToken ?? '';
    expect(token).toMatch(/^cairn_[A-Za-z0-9_-]{43}$/);
    expect(await tokensSeenBy(first.server.url, token)).toBe(200);
    await first.server.close();
    expect((await readFile(join(home, 'ledger.db'))).includes(token)).toBe(false);
    const second = await start(home);
    expect(second.server.adminToken).toBeUndefined();
    expect(await tokensSeenBy(second.server.url, token)).toBe(200);
    await second.server.close();
  });

  it('takes the token of the settings, which later starts do not', async () => {
    const home = await folder();
    const first = await start(home, TOKEN);
    expect(first.server.adminToken).toBe(TOKEN);
    await first.server.close();
    const second = await start(home, `${TOKEN}-another`);
    expect(second.lines.join()).toMatch(/CAIRN_ADMIN_TOKEN/);
    expect(await tokensSeenBy(second.server.url, `${TOKEN}-another`)).toBe(401);
    expect(await tokensSeenBy(second.server.url, TOKEN)).toBe(200);
    await second.server.close();
  });

  it('refuses a ledger that is in use, and can be tried again', async () => {
    const home = await folder();
    const first = await start(home);
    await expect(start(home)).rejects.toMatchObject({ name: 'StoreError', code: 'in-use' });
    await first.server.close();
    const second = await start(home);
    await second.server.close();
  });

  it('lets requests in flight finish when it is closed', async () => {
    const { server } = await start(await folder(), TOKEN);
    const body = JSON.stringify({ id: 'p', name: 'P', mayBake: [], mayPromoteTo: [] });
    const headers = {
      ...{ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', 'content-length': body.length },
      // The server answers this once it has the request's head, and waits for the body.
      expect: '100-continue',
    };
    const sent = request(`${server.url}/v1/pipelines`, { method: 'POST', headers });
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    sent.flushHeaders();
    await once(sent, 'continue');
    const closed = server.close();
    sent.end(body);
    const [answer] = await answered;
    expect(answer.statusCode).toBe(201);
    answer.resume();
    await closed;
    await server.close();
  });
});

describe('a setting', () => {
  it.each([
    ['CAIRN_PORT', '70000'],
    ['CAIRN_PORT', 'http'],
    ['CAIRN_HOST', 'a b'],
    ['CAIRN_EVENT_STORE', 'mysql://x'],
    ['CAIRN_DATABASE', 'views.db'],
    ['CAIRN_ADMIN_TOKEN', 'short'],
    ['CAIRN_RATE_LIMIT', '-1'],
    ['CAIRN_RATE_LIMIT', 'many'],
    ['CAIRN_REFUSALS_PER_MINUTE', '0'],
    ['CAIRN_OIDC_ISSUERS', 'http://ci.example'],
    ['CAIRN_OIDC_ISSUERS', 'https://ci.example,ci.example'],
    ['CAIRN_OIDC_ISSUERS', 'https://somebody@ci.example'],
    ['CAIRN_OIDC_ISSUERS', Array.from({ length: 21 }, (_, n) => `https://ci${n}.example`).join(',')],
    ['CAIRN_OIDC_AUDIENCE', 'cairn'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => loadConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => loadConfig({ [name]: value })).toThrow(new RegExp(`^${name} `));
  });

  it('has the issuers that are trusted, each once, and an audience with them', () => {
    const issuers = ' https://ci.example , http://localhost:8080,https://ci.example';
    const settings = { CAIRN_OIDC_ISSUERS: issuers, CAIRN_OIDC_AUDIENCE: 'https://cairn.example' };
    const trusted = { issuers: ['https://ci.example', 'http://localhost:8080'], audience: 'https://cairn.example' };
    expect(loadConfig(settings).oidc).toEqual(trusted);
    expect(() => loadConfig({ CAIRN_OIDC_ISSUERS: issuers })).toThrow(/^CAIRN_OIDC_AUDIENCE must say/);
    expect(loadConfig({})).not.toHaveProperty('oidc');
  });

  it('has the default of the table', () => {
    const { eventStore, database, dataFolder, host, port } = loadConfig({});
    const defaults = Object.fromEntries(SETTINGS.map((setting) => [setting.name, setting.default]));
    expect([eventStore, database]).toEqual([defaults['CAIRN_EVENT_STORE'], defaults['CAIRN_DATABASE']]);
    expect([dataFolder, host, String(port)]).toEqual([
      defaults['CAIRN_DATA'],
      defaults['CAIRN_HOST'],
      defaults['CAIRN_PORT'],
    ]);
  });
});
