import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { loadConfig } from '../../../src/config.js';
import { startServer, type RunningServer } from '../../../src/main.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

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
  at.admin.post<{ position: number }>('/v1/pipelines', { id, name: 'P', mayBake: [], mayPromoteTo: [] });

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
  const auditor = await server.as('auditor');
  const none = { status: 404, body: { detail: expect.stringContaining('ealing is off') as unknown } };
  expect(await auditor.get('/v1/ledger/keys')).toMatchObject(none);
  expect(await auditor.get('/v1/ledger/checkpoint')).toMatchObject(none);
});

it('a server that seals no more shows what was signed, and signs nothing', async () => {
  server = await startTestServer(undefined, { CAIRN_SEAL_INTERVAL_MS: '50' });
  const auditor = await server.as('auditor');
  await register(server, 'one');
  await whenSealed(server);
  const paths = ['checkpoint', 'keys', 'proof/inclusion?position=0', 'proof/consistency?from=1'];
  const shown = async (at: Api) => {
    const answers = await Promise.all(paths.map((path) => at.get(`/v1/ledger/${path}`)));
    return answers.map(({ status, text }) => ({ status, text }));
  };
  const before = await shown(auditor);
  const { size } = (await ready(server)).body.seals;
  const tiles = [`/v1/ledger/tile/0/000.p/${size}`, `/v1/ledger/tile/entries/000.p/${size}`];
  server = await server.restart({ CAIRN_SEAL: 'off' });
  expect(before.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const reader = server.api(auditor.token);
  expect(await shown(reader)).toEqual(before);
  for (const tile of tiles) expect([tile, (await reader.get(tile)).status]).toEqual([tile, 200]);
  expect((await ready(server)).body.seals).toEqual({ status: 'off', size });
  const { position } = (await register(server, 'two')).body;
  expect(await reader.get(`/v1/ledger/checkpoint?minPosition=${position}`)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('Sealing is off.') as unknown },
  });
  expect(await shown(reader)).toEqual(before);
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
