import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openSealRegister } from '../../../src/adapters.js';
import { StoreError } from '../../../src/event-store/port.js';
import type { RegisterEntry, SealRegister } from '../../../src/event-store/seal-register.js';
import { generateSigningKey } from '../../../src/ledger/note/keys.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { readOwnKey } from '../../../src/ledger/sealer/key-file.js';
import { REGISTER_STEPS, ROTATION_STEPS, SEALER_STEPS, type AtStep } from '../../../src/ledger/sealer/steps.js';
import { rowOf } from '../../../src/ledger/seals/rows.js';
import { StandIn } from '../kurrentdb/stand-in/stand-in.js';
import { look, openServer, Register, rowsOf, runServer, type ServerOptions } from './register-support.js';
import { checkedSeals, Ledger, newFolder, removeFolders } from './support.js';

const EVENTS = 130;
const CHILD = fileURLToPath(new URL('shared-sealer-child.js', import.meta.url));
const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));
/** Children at a time. */
const CHILDREN = 3;
/** Steps that are taken only when there is something to mend or to bring. */
const SELDOM: readonly string[] = ['truncate-tree', 'bring-rows', 'brought-rows'];
const ALL: readonly string[] = [...SEALER_STEPS, ...ROTATION_STEPS, ...REGISTER_STEPS];

afterEach(removeFolders);

/** That a folder has exactly what the register has, and every checkpoint the root that the events make. */
async function expectShared(folder: string, ledger: Ledger, register: SealRegister): Promise<void> {
  const entries = await register.read(0, 10_000);
  expect(rowsOf(folder)).toEqual(entries.map((entry, index) => rowOf(entry, index).row));
  for (const { size, root } of checkedSeals(folder)) expect([size, root]).toEqual([size, ledger.root(size)]);
}

/** The same, where all is sealed and the key that signs next is in the folder. */
async function expectWhole(folder: string, ledger: Ledger, register: SealRegister): Promise<void> {
  await expectShared(folder, ledger, register);
  expect(checkedSeals(folder).at(-1)?.size).toBe(ledger.events.length);
  const keys = rowsOf(folder).flatMap((row) => ('key' in row ? [row.key.verifierKey] : []));
  expect(readOwnKey(logFiles(folder).key)?.verifier.text).toBe(keys.at(-1));
  expect(existsSync(logFiles(folder).nextKey)).toBe(false);
}

const beginningOf = (ledger: Ledger, count: number): Ledger => {
  const early = new Ledger(0);
  early.events.push(...ledger.events.slice(0, count));
  return early;
};

interface Life {
  readonly ledger: Ledger;
  readonly register: SealRegister;
  readonly folder: string;
  readonly at: AtStep;
}

/** A first start, then a checkpoint by another server that has the same key, another key, more growth. */
async function live({ ledger, register, folder, at }: Life): Promise<void> {
  const visit = async (
    count: number,
    visiting: (server: Awaited<ReturnType<typeof openServer>>) => Promise<unknown>,
  ) => {
    const server = await openServer(folder, beginningOf(ledger, count), register, { at });
    try {
      await server.sealer.start();
      await visiting(server);
    } finally {
      server.close();
    }
  };
  await visit(60, look);
  const other = newFolder();
  await runServer(other, beginningOf(ledger, 60), register);
  copyFileSync(logFiles(folder).key, logFiles(other).key);
  await runServer(other, beginningOf(ledger, 80), register);
  await visit(90, async (server) => {
    await look(server);
    await server.rotate();
  });
  await visit(EVENTS, look);
}

/** A log of a ledger's file comes to a store that the ledger was moved to. */
async function move({ ledger, register, folder, at }: Life): Promise<void> {
  for (const count of [40, 70]) await runServer(folder, beginningOf(ledger, count), undefined);
  const server = await openServer(folder, ledger, register, { at });
  try {
    await server.sealer.start();
    await look(server);
  } finally {
    server.close();
  }
}

describe('an error at any step of a shared log', () => {
  it.each([
    ['as it goes on', live, ALL.filter((step) => !SELDOM.includes(step))],
    ['as it is brought along', move, ['bring-rows', 'brought-rows', 'registered-seal']],
  ])(
    'leaves one that goes on at the next start, %s',
    async (_when, run, expected) => {
      const ledger = new Ledger(EVENTS);
      const begin = (): Register => Object.assign(new Register(), { isMoved: true });
      const steps: string[] = [];
      await run({ ledger, register: begin(), folder: newFolder(), at: (step) => steps.push(step) });
      for (const step of expected) expect(steps).toContain(step);
      for (const [failing, name] of steps.entries()) {
        const [folder, register] = [newFolder(), begin()];
        let taken = 0;
        const at: AtStep = (step) => {
          if (taken++ === failing) throw new Error(`failed at ${step}`);
        };
        await expect(run({ ledger, register, folder, at })).rejects.toThrow(`failed at ${name}`);
        const { states } = await runServer(folder, ledger, register);
        expect([name, states.at(-1)]).toEqual([name, { state: 'sealing' }]);
        await expectWhole(folder, ledger, register);
      }
    },
    60_000,
  );
});

describe('a kill at any step of a shared log', () => {
  it('leaves one that goes on at the next start', async () => {
    const ledger = new Ledger(EVENTS);
    const eventsFile = join(newFolder(), 'events.json');
    const asText = ledger.events.map((event) => ({ ...event, salts: Buffer.from(event.salts).toString('base64') }));
    writeFileSync(eventsFile, JSON.stringify(asText));
    const run = (folder: string, url: string, killAt: number | string) =>
      new Promise<{ signal: string; stdout: string }>((resolve) => {
        execFile(process.execPath, [CHILD, DIST, folder, eventsFile, url, `${killAt}`], (error, stdout) =>
          resolve({ signal: error?.signal ?? '', stdout }),
        );
      });
    const inStore = async (use: (url: string) => Promise<void>): Promise<void> => {
      const standIn = await StandIn.start();
      await use(standIn.url).finally(() => standIn.stop());
    };
    let steps: string[] = [];
    await inStore(async (url) => void (steps = JSON.parse((await run(newFolder(), url, 'never')).stdout) as string[]));
    for (const step of ALL) if (![...SELDOM, 'take-seal'].includes(step)) expect(steps).toContain(step);
    const waiting = [...steps.entries()];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, name] = next;
        await inStore(async (url) => {
          const folder = newFolder();
          expect([name, (await run(folder, url, index)).signal]).toEqual([name, 'SIGKILL']);
          const register = (await openSealRegister(url)) as SealRegister;
          const { states } = await runServer(folder, ledger, register);
          expect([name, states.at(-1)]).toEqual([name, { state: 'sealing' }]);
          await expectWhole(folder, ledger, register);
          await register.close();
        });
      }
    };
    await Promise.all(Array.from({ length: CHILDREN }, worker));
  }, 240_000);
});

/** A register whose answers are lost now and then, after it has written or before. */
class Unsure extends Register {
  constructor(private readonly fate: () => 'answered' | 'lost' | 'unwritten') {
    super();
  }

  override async append(index: number, entries: readonly RegisterEntry[]): Promise<boolean> {
    const fate = this.fate();
    if (fate === 'unwritten') throw new StoreError('unavailable', 'nobody answers');
    const isFirst = await super.append(index, entries);
    if (fate === 'lost') throw new StoreError('unsettled', 'whether it has written is not known');
    return isFirst;
  }
}

describe('two sealers on one ledger', () => {
  const ORIGIN = 'ledger.example.org';
  const given = { settings: { origin: ORIGIN, signingKey: generateSigningKey(ORIGIN) } };

  it('sign one chain, however what they do comes in turn and whatever answers are lost', async () => {
    const actions = fc.array(fc.constantFrom('grow', 'look', 'look', 'rotate', 'restart'), { maxLength: 8 });
    const fates = fc.infiniteStream(fc.constantFrom('answered', 'answered', 'answered', 'lost', 'unwritten'));
    const anyRun = fc.record({ one: actions, other: actions, fates, isGiven: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(anyRun, fc.scheduler(), async ({ one, other, fates: stream, isGiven }, scheduler) => {
        let isSure = false;
        const register = new Unsure(() => (isSure ? 'answered' : (stream.next().value as 'lost')));
        register.turn = () => (isSure ? Promise.resolve() : scheduler.schedule(Promise.resolve()));
        const ledger = new Ledger(3);
        const folders = [newFolder(), newFolder()] as const;
        const options = isGiven ? given : {};
        const runs = [act(folders[0], one), act(folders[1], other)];
        await scheduler.waitFor(Promise.all(runs));
        isSure = true;
        for (const folder of [...folders, ...folders]) await runServer(folder, ledger, register, options);
        for (const folder of folders) await expectShared(folder, ledger, register);
        expect(checkedSeals(folders[0]).at(-1)?.size).toBe(ledger.events.length);
        removeFolders();

        async function act(folder: string, plan: readonly string[]): Promise<void> {
          for (const action of plan) {
            if (action === 'grow') ledger.grow(2);
            else await tolerant(() => visit(folder, action, { ledger, register, options }));
          }
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

interface Visited {
  readonly ledger: Ledger;
  readonly register: SealRegister;
  readonly options: ServerOptions;
}

/** A start, and what it does then. */
async function visit(folder: string, action: string, { ledger, register, options }: Visited): Promise<void> {
  const server = await openServer(folder, ledger, register, options);
  try {
    await server.sealer.start();
    if (action !== 'restart') await look(server);
    if (action === 'rotate') await server.rotate();
  } finally {
    server.close();
  }
}

/** What passes by itself, and that a key is another server's, are no findings. */
async function tolerant(run: () => Promise<void>): Promise<void> {
  await run().catch((error: unknown) => {
    const { code } = error as { code?: string };
    if (!['unavailable', 'unsettled', 'key-elsewhere', 'key-differs'].includes(code ?? '')) throw error;
  });
}
