import { copyFileSync, existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RegisterEntry } from '../../../src/event-store/seal-register.js';
import { signCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { generateSigningKey, parseSigningKey } from '../../../src/ledger/note/keys.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { entryOf, rowOf } from '../../../src/ledger/seals/rows.js';
import { look, openServer, Register, rowsOf, runServer, type Server, type ServerOptions } from './register-support.js';
import { checkedSeals, Ledger, newFolder, removeFolders } from './support.js';

const ORIGIN = 'ledger.example.org';
const SHARED = generateSigningKey(ORIGIN);
const shared = { settings: { origin: ORIGIN, signingKey: SHARED } };

let ledger: Ledger;
let register: Register;
const servers: Server[] = [];

const open = async (folder: string, options: ServerOptions = {}): Promise<Server> => {
  const server = await openServer(folder, ledger, register, options);
  servers.push(server);
  await server.sealer.start();
  return server;
};
const closeAll = (): void => {
  for (const server of servers.splice(0)) server.close();
};

/** That a folder has the register's rows, each checkpoint with the root that the events have. */
function expectCopy(folder: string, rows = register.entries.length): void {
  expect(rowsOf(folder)).toEqual(register.entries.slice(0, rows).map((entry, index) => rowOf(entry, index).row));
  for (const { size, root } of checkedSeals(folder)) expect([size, root]).toEqual([size, ledger.root(size)]);
}
const sizes = (folder: string): number[] => checkedSeals(folder).map(({ size }) => size);

beforeEach(() => {
  ledger = new Ledger(50);
  register = new Register();
});
afterEach(() => {
  closeAll();
  removeFolders();
});

describe('servers that share a log', () => {
  it('with one key both seal, and have the same checkpoints', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const [one, other] = [await open(here, shared), await open(there, shared)];
    for (const server of [one, other, other, one]) {
      ledger.grow(30);
      await look(server);
    }
    await Promise.all([look(one), look(other)]);
    expect([sizes(here), sizes(there)]).toEqual([
      [80, 110, 140, 170],
      [80, 110, 140, 170],
    ]);
    expectCopy(here);
    expectCopy(there);
    expect(other.published.map(({ size }) => size)).toEqual([110, 140, 170]);
    expect(one.shared?.follows).toBeUndefined();
  });

  it('started at once sign one log, with one key or with different ones', async () => {
    for (const settings of [{ origin: ORIGIN, signingKey: SHARED }, {}]) {
      register = new Register();
      const folders = [newFolder(), newFolder(), newFolder()];
      const started = await Promise.all(folders.map((folder) => open(folder, { settings })));
      expect(new Set(started.map(({ origin }) => origin)).size).toBe(1);
      for (let round = 0; round < 3; round += 1) {
        ledger.grow(7);
        await Promise.all(started.map((server) => look(server)));
      }
      await Promise.all(started.map((server) => look(server)));
      for (const folder of folders) expectCopy(folder);
      const signing = started.filter((server) => server.signer() !== undefined);
      expect(signing).toHaveLength('signingKey' in settings ? 3 : 1);
      closeAll();
    }
  });

  it('take nobody’s clock for an earlier one', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const [ahead, behind] = [
      await open(here, { ...shared, nowMs: () => Date.UTC(2026, 5, 2) }),
      await open(there, { ...shared, nowMs: () => Date.UTC(2026, 5, 1) }),
    ];
    await look(ahead);
    ledger.grow(1);
    await look(behind);
    expect(behind.published.map(({ signedAt }) => signedAt)).toEqual(['2026-06-02T00:00:00.000Z']);
    await look(ahead);
    expectCopy(here);
  });

  it('follow the one that has the key, and say so', async () => {
    const [here, there] = [newFolder(), newFolder()];
    await runServer(here, ledger, register, shared);
    const { states, published, origin } = await runServer(there, ledger, register);
    expect(states).toEqual([{ state: 'following', detail: expect.stringContaining(`${ORIGIN}+`) }]);
    expect([origin, published.map(({ size }) => size)]).toEqual([ORIGIN, [50]]);
    expect(existsSync(logFiles(there).key)).toBe(false);
    ledger.grow(5);
    await runServer(there, ledger, register);
    expect(sizes(there)).toEqual([50]);
    await runServer(here, ledger, register, shared);
    await runServer(there, ledger, register);
    expectCopy(there);
    const follower = await open(there);
    await look(follower);
    await expect(follower.rotate()).rejects.toMatchObject({ code: 'key-elsewhere' });
  });

  it('take a long history over', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const one = await open(here, shared);
    for (let round = 0; round < 520; round += 1) {
      ledger.grow(1);
      await look(one);
    }
    await look(await open(there));
    expect(sizes(there)).toHaveLength(520);
    expectCopy(there);
  });

  it('let a log that was begun and has signed nothing give way', async () => {
    const [here, there] = [newFolder(), newFolder()];
    await openServer(there, ledger, undefined).then((own) => own.close());
    const { verifier } = parseSigningKey(SHARED);
    await runServer(here, ledger, register, shared);
    const { states, origin } = await runServer(there, ledger, register);
    expect([origin, states[0]?.detail]).toEqual([ORIGIN, expect.stringContaining(verifier.text)]);
    // Its key was never used, and is no key of this log.
    expect([existsSync(logFiles(there).key), existsSync(`${logFiles(there).key}.unused`)]).toEqual([false, true]);
    expectCopy(there);
  });

  it('refuse to begin under a name that is not the log’s', async () => {
    await runServer(newFolder(), ledger, register, shared);
    await expect(openServer(newFolder(), ledger, register, { settings: { origin: 'other' } })).rejects.toMatchObject({
      code: 'origin-differs',
    });
  });
});

describe('a key that is replaced', () => {
  it('is taken over by the others, and signs for all', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const [one, other] = [await open(here), await open(there)];
    await look(one);
    await look(other);
    expect(await one.rotate()).toMatchObject({ number: 1, fromSize: 51 });
    ledger.grow(10);
    await look(one);
    await look(other);
    expect(sizes(there)).toEqual([50, 60]);
    expectCopy(there);
    expect(existsSync(logFiles(here).nextKey)).toBe(false);
    expect(await one.rotate()).toMatchObject({ number: 2, fromSize: 61 });
    await look(other);
    expectCopy(there);
  });

  it('is not replaced before what others signed was looked at', async () => {
    const [here, there] = [newFolder(), newFolder()];
    const [one, other] = [await open(here), await open(there)];
    await look(one);
    closeAll();
    copyFileSync(logFiles(here).key, logFiles(there).key);
    const [first, second] = [await open(here), await open(there)];
    expect(await first.rotate()).toBeUndefined();
    await look(first);
    await look(second);
    ledger.grow(10);
    await look(second);
    expect(await first.rotate()).toBeUndefined();
    await look(first);
    expect(await first.rotate()).toMatchObject({ number: 1, fromSize: 61 });
    ledger.grow(10);
    // It has the old key only.
    await look(second);
    expect(second.shared?.follows).toBeDefined();
    expect(sizes(there)).toEqual([50, 60]);
    await look(first);
    await look(second);
    expectCopy(there);
    expect([one, other].map(({ origin }) => origin)).toEqual([first.origin, first.origin]);
  });

  it('by a setting at two servers at once has one statement', async () => {
    const folders = [newFolder(), newFolder()];
    for (const folder of folders) await runServer(folder, ledger, register, shared);
    const next = generateSigningKey(ORIGIN);
    const settings = { signingKey: next, previousKey: SHARED };
    ledger.grow(5);
    const started = await Promise.all(folders.map((folder) => open(folder, { settings })));
    await Promise.all(started.map((server) => look(server)));
    await Promise.all(started.map((server) => look(server)));
    for (const folder of folders) expectCopy(folder);
    expect(started[1]?.seals.keys()).toHaveLength(2);
    for (const server of started) expect(server.signer()?.verifier.text).toBe(parseSigningKey(next).verifier.text);
  });
});

describe('a register that is not what was signed', () => {
  const haltedBy = async (folder: string, options: ServerOptions = {}): Promise<string> => {
    const { states } = await runServer(folder, ledger, register, options);
    expect(states.at(-1)?.state).toBe('halted');
    return states.at(-1)?.detail ?? '';
  };
  /** A folder that has signed 50, 60 and 70 entries. */
  async function signed(): Promise<string> {
    const folder = newFolder();
    const server = await open(folder, shared);
    for (const more of [0, 10, 10]) {
      ledger.grow(more);
      await look(server);
    }
    closeAll();
    return folder;
  }
  const checkpoint = (size: number, change: { root?: Buffer; key?: string; signedAt?: string } = {}): RegisterEntry => {
    const { root = ledger.root(size), key = SHARED, signedAt = '2999-01-01T00:00:00.000Z' } = change;
    const note = signCheckpoint({ origin: ORIGIN, size: BigInt(size), root }, [parseSigningKey(key)]);
    return entryOf({ checkpoint: { note, signedAt } });
  };

  it('because the store is an older one stops the sealing, though the events are there', async () => {
    const folder = await signed();
    register.entries.length = 3;
    ledger.grow(10);
    for (let start = 0; start < 2; start += 1) {
      expect(await haltedBy(folder, shared)).toContain(
        'it has 3 entries, and this server has seen 4: the store is an older',
      );
    }
    register.entries.length = 0;
    expect(await haltedBy(folder, shared)).toContain('it is empty, and this server has 4 rows');
    expect(register.entries).toEqual([]);
    expect(sizes(folder)).toEqual([50, 60, 70]);
  });

  it('because others have gone on from an older store stops it too', async () => {
    const folder = await signed();
    register.entries.length = 3;
    ledger.events.length = 60;
    ledger.grow(13);
    await runServer(newFolder(), ledger, register, shared);
    ledger.events.length = 60;
    ledger.grow(20);
    expect(await haltedBy(folder, shared)).toContain('entry 3 is not the one that this server has seen there');
  });

  it('because it was given another store stops it', async () => {
    const folder = await signed();
    register = new Register();
    await runServer(newFolder(), ledger, register);
    expect(await haltedBy(folder, shared)).toMatch(/it has 2 entries|is not the one/);
  });

  it.each<[string, () => RegisterEntry, string]>([
    ['another key has signed', () => checkpoint(80, { key: generateSigningKey(ORIGIN) }), 'does not hold'],
    ['is of another log', () => checkpoint(80, { key: generateSigningKey('other') }), 'does not hold'],
    ['has another root', () => checkpoint(80, { root: Buffer.alloc(32, 7) }), 'another server has signed the root'],
    ['is of a smaller tree', () => checkpoint(65), 'has signed 65 entries after 70'],
    ['is of the same tree', () => checkpoint(70), 'has signed 70 entries after 70'],
    ['is of more than there is', () => checkpoint(95), 'the ledger has 90 events where 95 were signed'],
    ['goes back in time', () => checkpoint(80, { signedAt: '2020-01-01T00:00:00.000Z' }), 'has signed 80 entries'],
    ['has no time', () => checkpoint(80, { signedAt: 'now' }), 'is none that Cairn has made'],
    ['is something else', () => ({ type: 'Other.v1', data: 'x' }), 'is none that Cairn has made'],
    [
      'has more to it',
      () => ({ ...checkpoint(80), data: { ...(checkpoint(80).data as object), x: 1 } }),
      'is none that',
    ],
    ['is no note', () => entryOf({ checkpoint: { note: 'x', signedAt: '2999-01-01T00:00:00.000Z' } }), 'that is none'],
    [
      'is a key that nobody has stated',
      () => {
        const { verifier } = parseSigningKey(generateSigningKey(ORIGIN));
        return entryOf({ key: { number: 1, verifierKey: verifier.text, fromSize: 71, statement: 'x\n\n' } });
      },
      'does not follow the log',
    ],
  ])('because an entry %s stops it, and nothing of it is taken', async (_what, forged, said) => {
    const folder = await signed();
    ledger.grow(20);
    register.entries.push(forged());
    for (let start = 0; start < 2; start += 1) expect(await haltedBy(folder, shared)).toContain(said);
    expect(sizes(folder)).toEqual([50, 60, 70]);
    expect(register.entries).toHaveLength(5);
  });

  it.each<[string, RegisterEntry]>([
    ['a checkpoint', { type: 'CheckpointSigned.v1', data: { note: 'x\n', signedAt: '2026-01-01T00:00:00.000Z' } }],
    ['a key that is none', entryOf({ key: { number: 0, verifierKey: 'x', fromSize: 0 } })],
    ['a later key', entryOf({ key: { number: 1, verifierKey: parseSigningKey(SHARED).verifier.text, fromSize: 0 } })],
  ])('because it begins with %s opens no log', async (_what, entry) => {
    register.entries.push(entry);
    await expect(openServer(newFolder(), ledger, register)).rejects.toMatchObject({ code: 'diverged' });
  });
});

describe('a log that was brought along', () => {
  /** A folder with a log of its own, of a ledger's file. */
  async function ownLog(count: number): Promise<string> {
    const folder = newFolder();
    for (let round = 0; round < count; round += 1) {
      ledger.grow(1);
      await runServer(folder, ledger, undefined);
    }
    return folder;
  }

  it('is written into the register of a store that the ledger was moved to, and goes on there', async () => {
    const folder = await ownLog(4);
    register.isMoved = true;
    ledger.grow(1);
    const { states, lines } = await runServer(folder, ledger, register);
    expect(states).toEqual([{ state: 'sealing' }]);
    expect(lines.join()).toContain('all of its events are held against those here');
    expect(register.entries).toHaveLength(6);
    expectCopy(folder);
    const other = newFolder();
    expect((await runServer(other, ledger, register)).states.at(-1)).toMatchObject({ state: 'following' });
    expectCopy(other);
  });

  it('is refused by a store that it was not moved to', async () => {
    const folder = await ownLog(2);
    expect((await runServer(folder, ledger, register)).states).toMatchObject([{ state: 'halted' }]);
    expect(register.entries).toEqual([]);
  });

  it('is refused by a store whose events are others, though the tree here still fits', async () => {
    const folder = await ownLog(2);
    register.isMoved = true;
    ledger.events[20] = { ...ledger.events[20]!, actor: 'somebody-else' };
    const { states } = await runServer(folder, ledger, register);
    expect(states.at(-1)).toMatchObject({ state: 'halted', detail: expect.stringContaining('is not what was signed') });
    expect(register.entries).toEqual([]);
  });

  it('is brought to its end after it was cut off, and nobody signs before', async () => {
    const folder = await ownLog(3);
    register.isMoved = true;
    await runServer(folder, ledger, register);
    const whole = structuredClone(register.entries);
    for (let had = 1; had < whole.length; had += 1) {
      register.entries = structuredClone(whole.slice(0, had));
      ledger.grow(1);
      const other = newFolder();
      const { states } = await runServer(other, ledger, register);
      expect(states.at(-1)).toMatchObject({ state: 'waiting', detail: expect.stringContaining(`${had} of 4 rows`) });
      const copy = newFolder();
      for (const file of ['seals', 'key'] as const) copyFileSync(logFiles(folder)[file], logFiles(copy)[file]);
      expect((await runServer(copy, ledger, register)).states.at(-1)).toEqual({ state: 'sealing' });
      expect(register.entries.slice(0, 4)).toEqual(whole);
      expectCopy(copy);
    }
  });
});
