import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogRecord } from '../../contract/kurrentdb/stand-in/log.js';
import { StandIn } from '../../contract/kurrentdb/stand-in/stand-in.js';
import { eventually } from '../../support/eventually.js';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

const COMMANDS = 40;
/** Records differ by some bytes with names, times and random ids. */
const BYTES_TOLERANCE = 0.1;
const READS_TOLERANCE = 2;
const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/scale.md'), 'utf8');

/** What the page says under this name: the numbers of the row's cells. */
function told(name: string): number[] {
  const row = new RegExp(`^\\| ${name} +\\|(.+)\\|$`, 'm').exec(PAGE)?.[1];
  if (row === undefined) throw new Error(`docs/scale.md has no row ${name}`);
  return row.split('|').map((cell) => Number(cell.replaceAll(/[^\d.]/g, '')));
}

let standIn: StandIn;
let server: TestServer;
let shop: Shop;
beforeAll(async () => {
  standIn = await StandIn.start();
  // What sealing costs goes by time, and not by commands: it is a cost of its own, below.
  server = await startTestServer(undefined, { CAIRN_EVENT_STORE: standIn.url, CAIRN_SEAL: 'off' });
  shop = await setUpShop(server);
});
afterAll(async () => {
  await server.stop();
  await standIn.stop();
});

/** Commands one after the other, each seen by the views, and what the server was asked for and keeps of each. */
async function costOf(send: (index: number) => Promise<{ status: number; body: { position: number } }>) {
  let answer = await send(0);
  const seen = (position: number) => shop.auditor.get(`/v1/environments?minPosition=${position}`);
  await seen(answer.body.position);
  const [from, before] = [standIn.log.all.length, { ...standIn.calls }];
  for (let index = 1; index <= COMMANDS; index += 1) {
    answer = await send(index);
    if (answer.status !== 201) throw new Error(`command ${index} was answered with ${answer.status}`);
    await seen(answer.body.position);
  }
  const records = standIn.log.all.slice(from);
  const each = (name: string) => ((standIn.calls[name] ?? 0) - (before[name] ?? 0)) / COMMANDS;
  const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0) / COMMANDS;
  return { records, appends: each('append'), reads: each('read'), bytes };
}

const sizeOf = ({ data, metadata }: LogRecord): number => data.length + metadata.length;

describe('a command on KurrentDB costs what docs/scale.md says:', () => {
  it.each<[name: string, send: (index: number) => ReturnType<typeof shop.pipeline.post>]>([
    ['bake', (index) => shop.pipeline.post('/v1/artifacts', bakeOf(digestOf(`bake ${index}`)))],
    [
      'promotion',
      (index) => shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(digestOf(`bake ${index}`))),
    ],
  ])('%s', async (name, send) => {
    const { records, appends, reads, bytes } = await costOf(send as unknown as Parameters<typeof costOf>[0]);
    const kinds = records.map(({ stream }) => /^cairn-(id|ledger)/.exec(stream)?.[1] ?? 'event');
    const count = (kind: string) => kinds.filter((one) => one === kind).length / COMMANDS;
    expect({ id: count('id'), event: count('event'), ledger: count('ledger') }).toEqual({ id: 1, event: 1, ledger: 1 });
    const [toldRecords = 0, toldAppends = 0, toldReads = 0, toldBytes = 0] = told(name);
    expect(toldRecords).toBe(3);
    expect(appends).toBe(toldAppends);
    // Some of them follow what was written, and go together when they are late.
    expect(Math.abs(reads - toldReads)).toBeLessThanOrEqual(READS_TOLERANCE);
    expect(Math.abs(bytes - toldBytes) / toldBytes).toBeLessThanOrEqual(BYTES_TOLERANCE);
  });
});

it('a checkpoint on KurrentDB costs what docs/scale.md says, however many commands are under it', async () => {
  const settings = { CAIRN_EVENT_STORE: standIn.url, CAIRN_SEAL_INTERVAL_MS: '60000' };
  const sealing = await startTestServer(undefined, settings, server.adminToken);
  try {
    const newest = async () => (await sealing.admin.get('/v1/ledger/checkpoint')).text;
    await eventually(async () => (await newest()).includes('—'));
    const [from, before] = [standIn.log.stream('cairn-seals')?.length ?? 0, await newest()];
    for (let index = 0; index < COMMANDS; index += 1) {
      await shop.pipeline.post('/v1/artifacts', bakeOf(digestOf(`under a checkpoint ${index}`)));
    }
    const { body } = await shop.pipeline.post<{ position: number }>('/v1/artifacts', bakeOf(digestOf('the last')));
    expect((await sealing.admin.get(`/v1/ledger/checkpoint?minPosition=${body.position}`)).text).not.toBe(before);
    const records = standIn.log.stream('cairn-seals')?.slice(from) ?? [];
    expect(records).toHaveLength(1);
    const toldBytes = Number(/a checkpoint is one record of (\d+) bytes/.exec(PAGE)?.[1]);
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    expect(Math.abs(bytes - toldBytes) / toldBytes).toBeLessThanOrEqual(BYTES_TOLERANCE);
  } finally {
    await sealing.stop();
  }
});
