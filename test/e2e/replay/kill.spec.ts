import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCairn, startChildServer } from './child-server.js';
import { LedgerClient, type LineAnswer } from './client.js';
import { isFull, say } from './dataset.js';
import { bakeLine, registration, type ImportLine } from './stand-ins.js';
import { dumpViews } from './views-dump.js';

const ROUNDS = isFull ? 20 : 3;
const BATCH_LINES = 100;
const SERVICES = 40;
/** The server is killed somewhere between the first batches and this, counted from when the import goes on. */
const LONGEST_ROUND_MS = isFull ? 2_000 : 800;
const MINUTES = 60_000;

interface EventRow {
  readonly id: string;
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
}

describe('kill -9 of the server during an import', () => {
  const acknowledged = new Map<string, LineAnswer>();
  let folder: string;
  let batchesSent = 0;
  let events: EventRow[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cairn-kill-'));
    const setUp = await startChildServer(folder);
    await new LedgerClient(setUp).import([
      registration('builder'),
      { command: 'define-environment', name: 'production', tier: 'production' },
    ]);
    await setUp.end('SIGTERM');
    for (let round = 0; round < ROUNDS; round++) await killOnce();
    events = await resume();
    say(`kill -9: ${ROUNDS} rounds, ${batchesSent} batches acknowledged, ${events.length} events`);
  }, 20 * MINUTES);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('keeps every acknowledged event, once, where it was acknowledged to be', () => {
    const found = new Map(events.map((event) => [event.id, event]));
    expect(found.size).toBe(events.length);
    expect(acknowledged.size).toBe(batchesSent * BATCH_LINES);
    for (const { eventId = '', position, stream, revision } of acknowledged.values()) {
      expect(found.get(eventId)).toMatchObject({ position, stream, revision });
    }
  });

  it('has no event twice and none that nobody sent', () => {
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index));
    const ofCommands = events.filter(({ stream }) => /^(artifact|environment)-/.test(stream));
    // One event defined the environment; the rest are one a line that was acknowledged.
    expect(ofCommands).toHaveLength(acknowledged.size + 1);
  });

  it(
    'has the same views as a rebuild makes',
    async () => {
      const before = await dumpViews(folder);
      const { code, output } = await runCairn(['rebuild'], { CAIRN_DATA: folder });
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(await dumpViews(folder)).toEqual(before);
      expect(Object.values(before).some(({ rows }) => rows >= acknowledged.size / 2)).toBe(true);
    },
    5 * MINUTES,
  );

  /** Imports until the server dies at a moment of its own choosing. */
  async function killOnce(): Promise<void> {
    const server = await startChildServer(folder);
    const client = new LedgerClient(server);
    let isKilled = false;
    const killed = new Promise<void>((resolve, reject) => {
      setTimeout(() => {
        isKilled = true;
        server.end('SIGKILL').then(resolve, reject);
      }, Math.random() * LONGEST_ROUND_MS);
    });
    for (;;) {
      try {
        await sendNextBatch(client);
      } catch (error) {
        await killed;
        if (!isKilled) throw error;
        return;
      }
    }
  }

  /** Starts again, sends once more what may be in the ledger or not, reads all, and stops as an operator does. */
  async function resume(): Promise<EventRow[]> {
    const server = await startChildServer(folder);
    const client = new LedgerClient(server);
    await sendNextBatch(client);
    const last = Math.max(...[...acknowledged.values()].map(({ position }) => position ?? -1));
    await client.untilSeen(last);
    const found: EventRow[] = [];
    for await (const event of client.pages<EventRow>('/v1/events?order=asc&limit=500')) found.push(event);
    await server.end('SIGTERM');
    return found;
  }

  /** Sends the batch after the last acknowledged one: the same again when it was under way at the kill. */
  async function sendNextBatch(client: LedgerClient): Promise<void> {
    const lines = batch(batchesSent);
    const answers = await client.importBatch(lines.map((line) => JSON.stringify(line)));
    answers.forEach((answer, index) => {
      expect(answer).toMatchObject({ status: 'accepted' });
      acknowledged.set(lines[index]?.idempotencyKey ?? '', answer);
    });
    batchesSent += 1;
  }
});

/** Fifty bakes with a promotion each. The keys make a batch that is sent again the same commands. */
function batch(number: number): ImportLine[] {
  return Array.from({ length: BATCH_LINES / 2 }, (_, index) => number * BATCH_LINES + index).flatMap((n) => {
    const hex = (algorithm: string) => createHash(algorithm).update(`build ${n}`).digest('hex');
    const digest = `sha256:${hex('sha256')}`;
    const component = `service-${n % SERVICES}`;
    const repository = `https://git.example.org/${component}`;
    return [
      {
        ...bakeLine({ digest, component, version: `1.${n}`, repository, commit: hex('sha1') }),
        pipeline: 'builder',
        idempotencyKey: `bake-${n}`,
      },
      {
        command: 'promote',
        environment: 'production',
        digest,
        strategy: 'all-at-once',
        change: { type: 'standard', reason: `release 1.${n}` },
        pipeline: 'builder',
        idempotencyKey: `promote-${n}`,
      },
    ];
  });
}
