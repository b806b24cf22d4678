import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runCairn, startChildServer, type ChildServer, type RunResult } from './child-server.js';
import { LedgerClient } from './client.js';
import { describeWithData, isFull, readRows, say } from './dataset.js';
import { asBaked, BACKFILL_FILE, PROMOTER, registryChanges, registryLines, REGISTRY, type RegistryRow } from './k8s.js';
import { watchReads, type Latencies } from './reads.js';
import { fingerprintOf, registration } from './stand-ins.js';
import { StraightLine } from './straight-line.js';

const QUICK_ROWS = 3_000;
const IDLE_MS = 3_000;
const MINUTES = 60_000;

/** Quick: each third of the rows (in, out, in again) is cut to the same services. */
function chosenRows(): RegistryRow[] {
  const rows = readRows<RegistryRow>(BACKFILL_FILE);
  if (isFull) return rows;
  const first = new Set(rows.slice(0, QUICK_ROWS / 3).map(({ image, digest, tag }) => `${image} ${digest} ${tag}`));
  return rows.filter(({ image, digest, tag }) => first.has(`${image} ${digest} ${tag}`));
}

describeWithData(BACKFILL_FILE, 'bulk back-fill by cairn import', () => {
  const changes = registryChanges(chosenRows());
  const line = new StraightLine({ [REGISTRY]: undefined });
  const refusals = asBaked(changes).flatMap((change) => line.next(change) ?? []);
  const script = changes.flatMap(registryLines);
  let folder: string;
  let server: ChildServer;
  let client: LedgerClient;
  let run: RunResult;
  let idle: Latencies;
  let busy: Latencies;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cairn-backfill-'));
    server = await startChildServer(join(folder, 'data'));
    client = new LedgerClient(server);
    const occurredAt = changes[0]?.time;
    await client.import([
      { ...registration(PROMOTER), occurredAt },
      { command: 'define-environment', name: REGISTRY, tier: 'production', occurredAt },
      { command: 'define-environment', name: 'quiet', tier: 'test', occurredAt },
      // What the reader looks at while the back-fill runs: an environment of ordinary size.
      ...changes.slice(0, 300).flatMap((change) => quietLines(change)),
    ]);
    const file = join(folder, 'backfill.ndjson.gz');
    await writeFile(file, gzipSync(script.map((command) => JSON.stringify(command) + '\n').join('')));
    const readIdle = watchReads(client);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    idle = await readIdle.stop();
    const startedAt = Date.now();
    const readBusy = watchReads(client);
    run = await runCairn(['import', file], { CAIRN_URL: server.url, CAIRN_TOKEN: server.token });
    busy = await readBusy.stop();
    const rate = Math.round((script.length * 1_000) / (Date.now() - startedAt));
    say(
      `back-fill: ${changes.length} rows, ${script.length} lines, ${rate} lines/s through cairn import; ` +
        `reads meanwhile p50 ${busy.p50.toFixed(1)} p99 ${busy.p99.toFixed(1)} ms (${busy.count}), ` +
        `idle p50 ${idle.p50.toFixed(1)} p99 ${idle.p99.toFixed(1)} ms (${idle.count})`,
    );
  }, 30 * MINUTES);

  afterAll(async () => {
    await server.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  it('takes every row', () => {
    expect(refusals).toEqual([]);
    expect(run).toMatchObject({ code: 0 });
  });

  it('ends with the live set of the straight-line calculation', async () => {
    await client.untilSeen(await headOf(client));
    const end = line.state(REGISTRY);
    const actual = await client.knownGood(REGISTRY);
    expect(actual.services).toHaveLength(end.live.size);
    expect(actual.fingerprint).toBe(fingerprintOf(end.live));
    expect(actual.revision).toBe(end.revision);
  });

  it('answers reads all the while', () => {
    expect(busy.failures).toBe(0);
    expect(busy.count).toBeGreaterThan(0);
  });

  it('is gone after the revert and back after its return', async () => {
    const removedAt = changes.find(({ digest }) => digest === undefined)?.time ?? '';
    const untilThen = new StraightLine({ [REGISTRY]: undefined });
    for (const change of changes.filter(({ time }) => time <= removedAt)) untilThen.next(change);
    const then = untilThen.state(REGISTRY).live;
    expect(then.size).toBeLessThan(line.state(REGISTRY).live.size);
    expect((await client.knownGood(REGISTRY, { occurredBy: removedAt })).fingerprint).toBe(fingerprintOf(then));
  });
});

function quietLines(change: ReturnType<typeof registryChanges>[number]) {
  return registryLines({ ...change, environment: 'quiet' });
}

/** The last position of the ledger, which the views may still be behind. */
async function headOf(client: LedgerClient): Promise<number> {
  const { body } = await client.request('GET', '/health/ready');
  return (body as { head: number }).head;
}
