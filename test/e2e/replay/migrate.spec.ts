import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KurrentDbEventReader } from '../../../src/event-store/kurrentdb/reader.js';
import type { EventReader } from '../../../src/event-store/port.js';
import { SqliteEventReader } from '../../../src/event-store/sqlite/reader.js';
import { SqliteEventStore } from '../../../src/event-store/sqlite/store.js';
import { append } from '../../contract/helpers/events.js';
import { StandIn } from '../../contract/kurrentdb/stand-in/stand-in.js';
import { startCairn, type Ended, type Running } from '../cli/cairn.js';
import { isFull, say } from './dataset.js';

const EVENTS = isFull ? 1_000_000 : 3_000;
const KILLS = isFull ? 1 : 5;
const ENVIRONMENTS = 40;
const PAGE = 1_000;
/** The entry of the id, the event and the link. */
const RECORDS_AN_EVENT = 3;
const MARKS = 2;
const MINUTES = 60_000;

describe(`kill -9 of cairn migrate, ${EVENTS} events`, () => {
  let folder: string;
  let standIn: StandIn;
  const peaks: Record<string, number> = {};
  let last: Ended;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cairn-migrate-'));
    standIn = await StandIn.start();
    await writeLedger(join(folder, 'ledger.db'));
    const startedAt = Date.now();
    for (let kill = 0; kill < KILLS; kill++) await killOnce(kill);
    const running = start();
    last = await peakOf(running, 'after the kills');
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
    say(`migrate: ${EVENTS} events, ${KILLS} kills, ${seconds} s, peak resident memory ${JSON.stringify(peaks)} MB`);
  }, 90 * MINUTES);

  afterAll(async () => {
    await standIn.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('comes to its end and says that all leaf hashes are the same', () => {
    expect(last.code).toBe(0);
    expect(last.stdout).toContain(`the last at position ${EVENTS - 1}: all leaf hashes are the same there as here.`);
    expect(last.stdout).toMatch(/events had been copied before/);
  });

  it('has written each event, its entry and its link once', () => {
    expect(standIn.log.all).toHaveLength(EVENTS * RECORDS_AN_EVENT + MARKS);
    expect(standIn.log.stream('cairn-ledger')).toHaveLength(EVENTS);
  });

  it(
    'has every event as it was, in the same order, and in that order in $all',
    async () => {
      const here = SqliteEventReader.open(join(folder, 'ledger.db'));
      const there = KurrentDbEventReader.open(standIn.url);
      expect(await digestOf(there)).toBe(await digestOf(here));
      const streams = standIn.log.all.filter(({ stream }) => !stream.startsWith('cairn-'));
      const links = standIn.log.stream('cairn-ledger') ?? [];
      const linked = links.map(({ data }) => Buffer.from(data).toString());
      expect(streams.every(({ stream, revision }, index) => linked[index] === `${revision}@${stream}`)).toBe(true);
      await Promise.all([here.close(), there.close()]);
    },
    30 * MINUTES,
  );

  const start = (): Running => startCairn(['migrate', '--data', folder], { CAIRN_EVENT_STORE: standIn.url });

  /** Starts it and kills it at a random moment in the part of the way that is its own. */
  async function killOnce(kill: number): Promise<void> {
    const whole = EVENTS * RECORDS_AN_EVENT;
    const written = Math.floor(((kill + 0.2 + Math.random() * 0.6) / KILLS) * whole);
    const running = start();
    const killed = peakOf(running, `until kill ${kill + 1}`);
    let isOver = false;
    void killed.then(() => (isOver = true));
    while (standIn.log.all.length < written && !isOver) await new Promise((resolve) => setTimeout(resolve, 2));
    running.process.kill('SIGKILL');
    const { signal, stderr } = await killed;
    expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL' });
  }

  /** Waits for its end, and remembers how much memory it took, where the system tells. */
  async function peakOf(running: Running, name: string): Promise<Ended> {
    const look = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${running.process.pid}/status`, 'utf8');
        const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
        if (kibibytes) peaks[name] = Math.round(Number(kibibytes) / 1024);
      } catch {
        // Another system, or it has just ended.
      }
    }, 250);
    const ended = await running.ended;
    clearInterval(look);
    return ended;
  }
});

/** Bakes and promotions in turn, as an import writes them: each bake a stream of its own. */
async function writeLedger(file: string): Promise<void> {
  const store = await SqliteEventStore.open({ file });
  for (let from = 0; from < EVENTS; from += PAGE) {
    const batch = Array.from({ length: Math.min(PAGE, EVENTS - from) }, (_, index) => eventAt(from + index));
    await store.appendAll(batch);
  }
  await store.close();
}

function eventAt(position: number): ReturnType<typeof append> {
  const build = Math.floor(position / 2);
  const digest = createHash('sha256').update(`build ${build}`).digest('hex');
  const occurredAt = new Date(Date.UTC(2020, 0, 1) + position * 1_000).toISOString();
  const meta = JSON.stringify({ channel: 'import', correlationId: randomUUID(), decidedAgainst: {} });
  const data = JSON.stringify({
    component: `service-${build % 300}`,
    digest: `sha256:${digest}`,
    version: `1.${build}`,
  });
  if (position % 2 === 0) return append(`artifact-sha256-${digest}`, -1, { occurredAt, data, meta });
  const stream = `environment-e${build % ENVIRONMENTS}`;
  const change = { type: 'ArtifactPromoted.v1', occurredAt, data, meta, remarks: '{"reason":"a new version"}' };
  return append(stream, Math.floor(build / ENVIRONMENTS) - 1, change);
}

/** SHA-256 over all that a reader says of all events. */
async function digestOf(reader: EventReader): Promise<string> {
  const hash = createHash('sha256');
  for (let from = 0; from < EVENTS; from += PAGE) {
    for (const { salts, ...event } of await reader.readAll(from, PAGE)) {
      const sorted = Object.entries(event).sort(([one], [other]) => (one < other ? -1 : 1));
      hash.update(JSON.stringify(sorted)).update(salts);
    }
  }
  return hash.digest('hex');
}
