import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { loadConfig } from '../../../src/config.js';
import { startServer, type RunningServer } from '../../../src/main.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

interface Ready {
  readonly status: string;
  readonly detail?: string;
  readonly head: number;
  readonly seals: { readonly status: string; readonly size: number };
}
const ready = (at: TestServer) => at.api().get<Ready>('/health/ready');
const whenSealed = (at: TestServer) =>
  eventually(async () => {
    const { body } = await ready(at);
    return body.seals.status === 'sealing' && body.seals.size === body.head + 1;
  });
const register = (at: TestServer, id: string) =>
  at.admin.post('/v1/pipelines', { id, name: 'P', mayBake: [], mayPromoteTo: [] });

it('a server seals its first event, and what comes after a restart', async () => {
  server = await startTestServer(undefined, { CAIRN_SEAL_INTERVAL_MS: '50' });
  await whenSealed(server);
  expect((await register(server, 'one')).status).toBe(201);
  server = await server.restart();
  expect((await register(server, 'two')).status).toBe(201);
  await whenSealed(server);
});

it('a server that is told so seals nothing, and is ready', async () => {
  server = await startTestServer(undefined, { CAIRN_SEAL: 'off' });
  expect((await ready(server)).body.seals).toEqual({ status: 'off', size: 0 });
  expect((await ready(server)).status).toBe(200);
  expect(existsSync(join(server.folder, 'seals.db'))).toBe(false);
});

it('a server whose ledger is not what was signed takes commands, and is not ready, until it is what it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-old-'));
  const token = 'a-token-that-is-given-to-every-start-0123456789';
  const lines: string[] = [];
  const settings = { CAIRN_DATA: folder, CAIRN_PORT: '0', CAIRN_ADMIN_TOKEN: token, CAIRN_SEAL_INTERVAL_MS: '50' };
  const start = () => startServer(loadConfig(settings), (line) => lines.push(line));
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async ({ url }: RunningServer, id: string) => {
    const body = JSON.stringify({ id, name: 'P', mayBake: [], mayPromoteTo: [] });
    return (await fetch(`${url}/v1/pipelines`, { method: 'POST', headers, body })).status;
  };
  const file = join(folder, 'ledger.db');
  const put = (from: string, to: string): void => {
    copyFileSync(from, to);
    for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `views.db${suffix}`), { force: true });
  };

  let running = await start();
  expect(await post(running, 'one')).toBe(201);
  await running.close();
  put(file, `${file}.old`);
  running = await start();
  expect(await post(running, 'two')).toBe(201);
  await running.close();
  put(file, `${file}.new`);
  put(`${file}.old`, file);

  running = await start();
  const { url } = running;
  const readiness = async () => {
    const answer = await fetch(`${url}/health/ready`);
    return { status: answer.status, body: (await answer.json()) as Ready };
  };
  await eventually(async () => (await readiness()).body.seals.status === 'halted');
  const { status, body } = await readiness();
  expect([status, body.detail]).toEqual([503, 'The ledger is not sealed any more. The server’s log says why.']);
  expect(lines.join()).toContain('SEALING HAS STOPPED');
  expect(lines.join()).toContain('the ledger has 2 events where 3 were signed');
  expect(await post(running, 'still')).toBe(201);
  await running.close();

  put(`${file}.new`, file);
  running = await start();
  const again = running;
  await eventually(async () => (await fetch(`${again.url}/health/ready`)).ok);
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});
