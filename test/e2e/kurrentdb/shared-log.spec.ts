import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLedgerAudit, STREAMS } from '../../../src/adapters.js';
import { Findings } from '../../../src/ledger/verify/findings.js';
import { auditSeals, auditTree } from '../../../src/ledger/verify/files.js';
import { verifyLedger } from '../../../src/ledger/verify/ledger.js';
import { generateSigningKey } from '../../../src/ledger/note/keys.js';
import { StandIn } from '../../contract/kurrentdb/stand-in/stand-in.js';
import { eventually } from '../../support/eventually.js';
import { followerOf, checkpointFrom, keysOf, openReceipt } from '../ledger/log-client.js';
import { bakeOf, digestOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

const TOKEN = { CAIRN_ADMIN_TOKEN: 'a-token-that-both-servers-are-given-0123456789', CAIRN_SEAL_INTERVAL_MS: '100' };

let standIn: StandIn;
const servers: TestServer[] = [];
const homes: string[] = [];

const start = async (settings: Record<string, string> = {}, folder?: string): Promise<TestServer> => {
  const server = await startTestServer(folder, { CAIRN_EVENT_STORE: standIn.url, ...TOKEN, ...settings });
  servers.push(server);
  return server;
};
const statusOf = async (server: TestServer) =>
  (await server.api().get<{ seals: { status: string; size: number } }>('/health/ready')).body.seals;

/** Bakes at a server, and answers the receipt that another one gives of it. */
async function receiptElsewhere(shop: Shop, name: string, [here, there]: [TestServer, TestServer]): Promise<string> {
  const baked = await here
    .api(shop.pipeline.token)
    .post<{ eventId: string }>('/v1/artifacts', bakeOf(digestOf(name)), { headers: { prefer: 'wait=20' } });
  expect(baked.body).toMatchObject({ sealed: { size: expect.any(Number) } });
  const path = `/v1/events/${baked.body.eventId}/receipt`;
  let text = '';
  await eventually(async () => {
    const answer = await there.api(shop.auditor.token).get(path, { headers: { prefer: 'wait=20' } });
    text = answer.text;
    return answer.status === 200;
  }, 20_000);
  return text;
}

/** What `cairn verify` finds wrong of a folder. */
async function findingsOf(folder: string): Promise<unknown[]> {
  const findings = new Findings();
  const [ledger, seals, tree] = [
    await openLedgerAudit(standIn.url),
    auditSeals(join(folder, 'seals.db')),
    auditTree(join(folder, 'tree.db')),
  ];
  try {
    await verifyLedger({
      ...{ ledger, seals, tree, prefixes: STREAMS, findings },
      ...{ trusted: [], kept: undefined, quorum: { witnesses: [], least: 0 } },
      ...{ refold: undefined, onProgress: () => undefined },
    });
    return findings.results().filter(({ wrong }) => wrong > 0);
  } finally {
    await ledger.close();
    seals.close();
    tree.close();
  }
}

beforeEach(async () => {
  standIn = await StandIn.start();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await standIn.stop();
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true });
});

describe('servers on one KurrentDB share one log', () => {
  const ORIGIN = 'ledger.example.org';

  it.each([
    ['one key', { CAIRN_ORIGIN: ORIGIN, CAIRN_SIGNING_KEY: generateSigningKey(ORIGIN) }, ['sealing', 'sealing']],
    ['a key of the first', {}, ['sealing', 'following']],
  ])(
    'with %s, and prove each other’s events',
    async (_what, settings, states) => {
      const [first, second] = [await start(settings), await start(settings)];
      const shop = await setUpShop(first);
      await eventually(async () => (await second.api(shop.pipeline.token).get('/v1/environments')).status === 200);
      const keys = await keysOf(first.admin);
      expect(await keysOf(second.admin)).toEqual(keys);
      for (let round = 0; round < 3; round += 1) {
        for (const pair of [
          [first, second],
          [second, first],
        ] as const) {
          const name = `round ${round} at ${pair[0] === first ? 'the first' : 'the second'}`;
          openReceipt(await receiptElsewhere(shop, name, [...pair]), keys);
        }
      }
      const found = await Promise.all([first, second].map(statusOf));
      expect(found.map(({ status }) => status)).toEqual(states);

      // Whoever has read the one can go on at the other.
      const follower = await followerOf(first);
      follower.open(await checkpointFrom(first.admin));
      follower.open(await checkpointFrom(second.admin));
      await eventually(async () => {
        const [one, other] = await Promise.all([checkpointFrom(first.admin), checkpointFrom(second.admin)]);
        return one === other;
      }, 20_000);
      for (const { folder } of [first, second]) expect(await findingsOf(folder)).toEqual([]);
    },
    60_000,
  );

  it('and its key, whoever of them replaces it', async () => {
    const [first, second] = [await start(), await start()];
    const shop = await setUpShop(first);
    const refused = await second.admin.post('/v1/ledger/keys', { reason: 'It is not here.' });
    expect(refused).toMatchObject({ status: 409, body: { type: '/problems/key-elsewhere' } });
    await eventually(async () => ((await statusOf(second))?.size ?? 0) > 0, 20_000);
    expect((await first.admin.post('/v1/ledger/keys', { reason: 'As every year.' })).status).toBe(201);
    const text = await receiptElsewhere(shop, 'by the second key', [first, second]);
    const keys = await keysOf(second.admin);
    expect(keys.keys).toHaveLength(2);
    openReceipt(text, { ...keys, keys: keys.keys.slice(1) });
    expect(await findingsOf(second.folder)).toEqual([]);
  }, 60_000);

  it('which waits while the store is away, and goes on after it', async () => {
    const [first, second] = [await start(), await start()];
    const shop = await setUpShop(first);
    await eventually(async () => (await second.api(shop.pipeline.token).get('/v1/environments')).status === 200);
    await standIn.away();
    await eventually(async () => {
      const found = await Promise.all([first, second].map(statusOf));
      return found.every((seals) => seals?.status === 'waiting');
    }, 20_000);
    await standIn.back();
    openReceipt(await receiptElsewhere(shop, 'after it', [first, second]), await keysOf(second.admin));
  }, 60_000);

  it('and one whose store was put back says so, and seals no more', async () => {
    const server = await start();
    const shop = await setUpShop(server);
    await receiptElsewhere(shop, 'sealed', [server, server]);
    const home = await mkdtemp(join(tmpdir(), 'cairn-'));
    homes.push(home);
    await cp(server.folder, home, { recursive: true });
    await server.stop();
    servers.length = 0;
    await standIn.stop();
    standIn = await StandIn.start();
    const again = await start({}, home);
    await eventually(async () => (await statusOf(again))?.status === 'halted', 20_000);
    expect((await again.api().get('/health/ready')).status).toBe(503);
    expect(standIn.log.stream('cairn-seals')).toBeUndefined();
  }, 60_000);
});
