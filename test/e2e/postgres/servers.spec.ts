import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openReadDatabase } from '../../../src/views/database.js';
import { StandIn } from '../../contract/kurrentdb/stand-in/stand-in.js';
import { eventually } from '../../support/eventually.js';
import { describeOnPostgres, freshDatabase, type FreshDatabase } from '../../support/postgres.js';
import { startPostgres } from '../../support/postgres-process.js';
import { dump } from '../../unit/views/ledger.js';
import { ADMIN_TOKEN, cairn, startCairn, stop, temporaryFolder, type Running } from '../cli/cairn.js';
import { bakeOf, digestOf, promotionOf, setUpShop } from '../support/fixtures.js';
import { describeHappyPath } from '../support/happy-path.js';
import { startTestServer, type TestServer } from '../support/server.js';

const until = (holds: () => Promise<boolean>): Promise<void> => eventually(holds, 30_000);

describeOnPostgres('with views in PostgreSQL', () => {
  describeHappyPath('on a PostgreSQL', async () => {
    const { url } = await freshDatabase();
    return startTestServer(undefined, { CAIRN_DATABASE: url });
  });

  it('the server says that they are away, answers 503 and goes on when they are back', async () => {
    const postgres = await startPostgres();
    const { url } = await freshDatabase(postgres.url);
    const server = await startTestServer(undefined, { CAIRN_DATABASE: url });
    const shop = await setUpShop(server);
    const statusOf = async (path: string) => (await shop.auditor.get(path)).status;
    expect(await statusOf('/v1/changes')).toBe(200);
    await postgres.tell('crash');
    const refused = await shop.auditor.get('/v1/changes');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(refused.body).toMatchObject({ type: '/problems/unavailable' });
    await until(async () => (await server.api().get('/health/ready')).status === 503);
    expect((await server.api().get('/health/ready')).body).toMatchObject({
      detail: 'The views’ database does not answer.',
    });
    // What the ledger takes does not wait for the views, unless a decision needs them.
    expect((await shop.pipeline.post('/v1/artifacts', bakeOf(digestOf('meanwhile')))).status).toBe(201);
    await postgres.tell('start');
    await until(async () => (await server.api().get('/health/ready')).status === 200);
    expect(await statusOf(`/v1/artifacts/${digestOf('meanwhile')}`)).toBe(200);
    await server.stop();
    await postgres.close();
  });
});

describeOnPostgres('servers on one KurrentDB and one PostgreSQL', () => {
  let standIn: StandIn;
  let fresh: FreshDatabase;
  let settings: Record<string, string>;
  const folders: ReturnType<typeof temporaryFolder>[] = [];
  const running: Running[] = [];
  const servers: TestServer[] = [];

  beforeEach(async () => {
    standIn = await StandIn.start();
    fresh = await freshDatabase();
    settings = { CAIRN_EVENT_STORE: standIn.url, CAIRN_DATABASE: fresh.url, CAIRN_ADMIN_TOKEN: ADMIN_TOKEN };
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    for (const one of running.splice(0)) await stop(one);
    for (const folder of folders.splice(0)) folder.remove();
    await standIn.stop();
    await fresh.drop();
  });

  const start = async (): Promise<TestServer> => {
    const server = await startTestServer(undefined, settings);
    servers.push(server);
    return server;
  };
  const folderPath = (): string => {
    const folder = temporaryFolder();
    folders.push(folder);
    return folder.path;
  };
  const startProcess = async (): Promise<Running> => {
    const started = startCairn(['serve', '--port', '0', '--data', folderPath()], settings);
    running.push(started);
    await started.until(/Cairn serves/);
    return started;
  };
  const rowsOf = async (url: string) => {
    const source = await openReadDatabase(url);
    const rows = await dump(source);
    await source.destroy();
    return rows;
  };

  it('go on from the checkpoint when the one that projects is killed, and end with the rows of a rebuild', async () => {
    // The first has the views to itself; this process's own server follows it, and the next one follows both.
    const first = await startProcess();
    const server = await start();
    const shop = await setUpShop(server);
    const promote = async (name: string): Promise<void> => {
      const digest = digestOf(name);
      expect((await shop.pipeline.post('/v1/artifacts', bakeOf(digest))).status).toBe(201);
      const promoted = await shop.pipeline.post<{ position: number }>(
        '/v1/environments/dev/promotions',
        promotionOf(digest),
      );
      expect(promoted.status).toBe(201);
      const seen = await shop.auditor.get(`/v1/changes?minPosition=${promoted.body.position}`);
      expect(seen.status).toBe(200);
    };
    for (let n = 0; n < 5; n++) await promote(`before ${n}`);
    first.process.kill('SIGKILL');
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL' });
    const killedAt = Date.now();
    for (let n = 0; n < 5; n++) {
      await promote(`after ${n}`);
      if (n === 0)
        process.stderr.write(`hand-over after kill -9: a change is seen after ${Date.now() - killedAt} ms\n`);
    }
    const second = await startProcess();
    for (let n = 0; n < 5; n++) await promote(`with another ${n}`);

    const elsewhere = await freshDatabase();
    const rebuilt = await cairn(['rebuild'], { ...settings, CAIRN_DATABASE: elsewhere.url });
    expect(rebuilt).toMatchObject({ code: 0 });
    const [rows, expected] = [await rowsOf(fresh.url), await rowsOf(elsewhere.url)];
    for (const table of Object.keys(expected)) expect([table, rows[table]]).toEqual([table, expected[table]]);
    await elsewhere.drop();

    const refused = await cairn(['rebuild'], settings);
    expect(refused.code).toBe(75);
    expect(refused.stderr).toMatch(/projected by "cairn projector" at/);
    expect(refused.stderr).not.toContain(new URL(fresh.url).password);
    expect(await stop(second)).toMatchObject({ code: 0 });
  });

  it('make each other’s exports again, byte by byte, and record them once', async () => {
    const [first, second] = [await start(), await start()];
    const shop = await setUpShop(first);
    const there = second.api(shop.auditor.token);
    await until(async () => (await there.get('/v1/environments')).status === 200);
    const headers = { 'idempotency-key': 'one-export', prefer: 'wait=20' };
    const asked = { what: 'changes', format: 'ndjson' };
    interface Made {
      readonly id: string;
      readonly status: string;
      readonly event?: object;
    }
    const [here, elsewhere] = [
      await shop.auditor.post<Made>('/v1/exports', asked, { headers }),
      await there.post<Made>('/v1/exports', asked, { headers }),
    ];
    const done = async (api: typeof there, { id }: Made): Promise<Made> => {
      await until(async () => (await api.get<Made>(`/v1/exports/${id}`)).body.status === 'done');
      return (await api.get<Made>(`/v1/exports/${id}`)).body;
    };
    const both = [await done(shop.auditor, here.body), await done(there, elsewhere.body)];
    expect(both[1]?.id).toBe(both[0]?.id);
    expect(both[1]?.event).toEqual(both[0]?.event);
    const path = `/v1/exports/${both[0]?.id}/content`;
    expect((await there.get(path)).text).toBe((await shop.auditor.get(path)).text);
  });

  it.each([
    ['a wrong password', { password: 's3cret-of-nobody' }, 78, 'does not accept the user or the password'],
    ['nobody who listens', { port: '1' }, 69, 'cannot be reached'],
  ])('end at start with %s, in a sentence and without the password', async (_, parts, code, why) => {
    const url = Object.assign(new URL(fresh.url), parts);
    const ended = await cairn(['serve', '--port', '0', '--data', folderPath()], {
      CAIRN_DATABASE: url.toString(),
    });
    expect(ended).toMatchObject({ code });
    expect(ended.stderr).toContain(why);
    expect(ended.stderr).not.toContain(url.password);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  it('give each other’s pages, and refuse the tokens that another one has revoked', async () => {
    const [first, second] = [await start(), await start()];
    const shop = await setUpShop(first);
    for (let n = 0; n < 6; n++) await shop.pipeline.post('/v1/artifacts', bakeOf(digestOf(`page ${n}`)));
    const there = second.api(shop.auditor.token);
    await until(async () => (await there.get('/v1/environments')).status === 200);
    interface Page {
      readonly position: number;
      readonly items: { digest: string }[];
      readonly next?: string;
    }
    const whole = (await shop.auditor.get<Page>('/v1/artifacts?limit=6')).body;
    const head = (await shop.auditor.get<Page>('/v1/artifacts?limit=3')).body;
    const rest = await there.get<Page>(`/v1/artifacts?limit=3&cursor=${head.next}`);
    expect(rest.status).toBe(200);
    expect([...head.items, ...rest.body.items]).toEqual(whole.items);

    const issued = (await first.admin.get<{ tokens: { id: string; subject: string }[] }>('/v1/tokens')).body.tokens;
    const auditor = issued.find(({ subject }) => subject.startsWith('auditor-'));
    expect((await first.admin.delete(`/v1/tokens/${auditor?.id}`)).status).toBeLessThan(300);
    expect((await shop.auditor.get('/v1/environments')).status).toBe(401);
    await until(async () => (await there.get('/v1/environments')).status === 401);
  });
});
