import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseSigningKey, parseVerifierKey } from '../../../src/ledger/note/keys.js';
import { openNote } from '../../../src/ledger/note/signed-note.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { readOwnKey } from '../../../src/ledger/sealer/key-file.js';
import { rotateKeyFile, rotationText } from '../../../src/ledger/sealer/rotation.js';
import { ROTATION_STEPS, SEALER_STEPS, type AtStep } from '../../../src/ledger/sealer/steps.js';
import { SealsReader } from '../../../src/ledger/seals/reader.js';
import { checkTree } from '../../../src/ledger/tree/check.js';
import { TreeReader } from '../../../src/ledger/tree/reader.js';
import { checkedSeals, keepOnce, Ledger, newFolder, openSealer, removeFolders, sealAll, sealOnce } from './support.js';

const EVENTS = 430;
const CHILD = fileURLToPath(new URL('sealer-child.js', import.meta.url));
const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));
/** Children at a time. */
const CHILDREN = 4;

afterEach(removeFolders);

/** Steps that are taken only when there is something to mend. */
const SELDOM: readonly string[] = ['truncate-tree'];

/** What has to be so after any fault, once the sealer has run again. */
async function expectWhole(folder: string, ledger: Ledger): Promise<void> {
  const seals = checkedSeals(folder);
  expect(seals.at(-1)?.size).toBe(ledger.events.length);
  for (const { size, root } of seals) expect([size, root]).toEqual([size, ledger.root(size)]);
  const tree = TreeReader.open(logFiles(folder).tree);
  await checkTree(tree).finally(() => tree.close());
  expectKeys(folder);
}

/** The key that signs next is in the data folder, and each but the first is vouched for by the one before. */
function expectKeys(folder: string): void {
  const files = logFiles(folder);
  const reader = SealsReader.open(files.seals);
  const [origin = '', keys] = [reader.origin(), reader.keys()];
  reader.close();
  for (const [index, { fromSize, verifierKey, statement = '' }] of keys.entries()) {
    if (index === 0) continue;
    const both = [keys[index - 1]?.verifierKey ?? '', verifierKey].map((key) => parseVerifierKey(key));
    const { text, verified } = openNote(statement, both);
    expect([text, verified.length]).toEqual([rotationText(origin, fromSize, verifierKey), 2]);
  }
  expect(readOwnKey(files.key)?.verifier.text).toBe(keys.at(-1)?.verifierKey);
  expect(existsSync(files.nextKey)).toBe(false);
}

/** A life of a log: a first start, growth, another key, more growth. */
async function live(folder: string, ledger: Ledger, at: AtStep): Promise<void> {
  const full = ledger.events;
  const early = new Ledger(0);
  early.events.push(...full.slice(0, 250));
  const first = openSealer(folder, early, { at });
  try {
    await first.sealer.start();
    await sealAll(first.sealer);
  } finally {
    first.close();
  }
  const second = openSealer(folder, ledger, { at });
  try {
    rotateKeyFile(logFiles(folder), { ...second.log }, at);
  } finally {
    second.close();
  }
  await sealOnce(folder, ledger, { at });
}

async function stepsOf(ledger: Ledger): Promise<string[]> {
  const steps: string[] = [];
  await live(newFolder(), ledger, (step) => steps.push(step));
  return steps;
}

describe('an error at any step', () => {
  it('leaves a log that goes on at the next start', async () => {
    const ledger = new Ledger(EVENTS);
    const steps = await stepsOf(ledger);
    const all = new Set<string>([...SEALER_STEPS, ...ROTATION_STEPS].filter((step) => !SELDOM.includes(step)));
    expect(new Set(steps)).toEqual(all);
    for (const [failing, name] of steps.entries()) {
      const folder = newFolder();
      let taken = 0;
      const at: AtStep = (step) => {
        if (taken++ === failing) throw new Error(`failed at ${step}`);
      };
      await expect(live(folder, ledger, at)).rejects.toThrow(`failed at ${name}`);
      expect(await keepOnce(folder, ledger)).toMatchObject({ states: [{ state: 'sealing' }] });
      await expectWhole(folder, ledger);
    }
  });

  it('is mended without a new start, as soon as it is tried again', async () => {
    const ledger = new Ledger(EVENTS);
    for (const name of SEALER_STEPS) {
      const folder = newFolder();
      let isArmed = false;
      const open = openSealer(folder, ledger, {
        at: (step) => {
          if (!isArmed || step !== name) return;
          isArmed = false;
          throw new Error(`failed at ${step}`);
        },
      });
      await open.sealer.start();
      await open.sealer.integrate();
      await open.sealer.seal();
      isArmed = true;
      // Some are of a start alone, and never come again.
      await sealAll(open.sealer).catch(() => undefined);
      isArmed = false;
      await open.sealer.start();
      await sealAll(open.sealer);
      open.close();
      await expectWhole(folder, ledger);
    }
  });
});

describe('a kill at any step', () => {
  it('leaves a log that goes on at the next start', async () => {
    const ledger = new Ledger(EVENTS);
    const eventsFile = join(newFolder(), 'events.json');
    const asText = ledger.events.map((event) => ({ ...event, salts: Buffer.from(event.salts).toString('base64') }));
    writeFileSync(eventsFile, JSON.stringify(asText));
    const run = (folder: string, killAt: number | string) =>
      new Promise<{ signal: string; stdout: string }>((resolve) => {
        execFile(process.execPath, [CHILD, DIST, folder, eventsFile, `${killAt}`], (error, stdout) =>
          resolve({ signal: error?.signal ?? '', stdout }),
        );
      });
    const steps = JSON.parse((await run(newFolder(), 'never')).stdout) as string[];
    const all = new Set<string>([...SEALER_STEPS, ...ROTATION_STEPS].filter((step) => !SELDOM.includes(step)));
    expect(new Set(steps)).toEqual(all);
    const waiting = [...steps.entries()];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const folder = newFolder();
        const [index, name] = next;
        expect([name, (await run(folder, index)).signal]).toEqual([name, 'SIGKILL']);
        expect([name, (await keepOnce(folder, ledger)).states]).toEqual([name, [{ state: 'sealing' }]]);
        await expectWhole(folder, ledger);
      }
    };
    await Promise.all(Array.from({ length: CHILDREN }, worker));
  }, 240_000);
});

describe('a disk that is full', () => {
  it('keeps what was signed, and goes on once there is room', async () => {
    const folder = newFolder();
    const ledger = new Ledger(50);
    await sealOnce(folder, ledger);
    for (let round = 0; round < 40; round += 1) {
      ledger.grow(400);
      await sealOnce(folder, ledger, { maxPageCount: 20 }).catch((error: unknown) =>
        expect(error).toMatchObject({ name: 'SealError', code: 'unavailable' }),
      );
    }
    const { states } = await keepOnce(folder, ledger, { maxPageCount: 20 });
    expect(states.at(-1)).toMatchObject({ state: 'waiting', detail: expect.stringContaining('full') });
    await sealOnce(folder, ledger);
    await expectWhole(folder, ledger);
  });
});

it('a private key is never shown by the errors about it', () => {
  const text = `PRIVATE+KEY+example.org/log+00000000+${Buffer.alloc(33, 7).toString('base64')}`;
  expect(() => parseSigningKey(text)).toThrow(/^(?!.*BwcH).*$/);
});
