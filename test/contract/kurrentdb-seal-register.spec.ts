import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSealRegister } from '../../src/adapters.js';
import { Connection } from '../../src/event-store/kurrentdb/connection.js';
import { markBegun, markFinished } from '../../src/event-store/kurrentdb/move-mark.js';
import type { RegisterEntry, SealRegister } from '../../src/event-store/seal-register.js';
import { StandIn } from './kurrentdb/stand-in/stand-in.js';

let standIn: StandIn;
let register: SealRegister;
let other: SealRegister;

const entry = (n: number): RegisterEntry => ({ type: 'Test.v1', data: { n } });

beforeEach(async () => {
  standIn = await StandIn.start();
  register = (await openSealRegister(standIn.url)) as SealRegister;
  other = (await openSealRegister(standIn.url)) as SealRegister;
});
afterEach(async () => {
  await register.close();
  await other.close();
  await standIn.stop();
});

describe('the register of seals in KurrentDB', () => {
  it('is empty at first, and keeps what was added in its order', async () => {
    expect([await register.read(0, 5), await register.last()]).toEqual([[], undefined]);
    expect(await register.append(0, [entry(0)])).toBe(true);
    expect(await register.append(1, [entry(1), entry(2)])).toBe(true);
    expect(await other.read(0, 2)).toEqual([entry(0), entry(1)]);
    expect(await other.read(2, 9)).toEqual([entry(2)]);
    expect(await other.read(3, 9)).toEqual([]);
    expect(await other.last()).toEqual({ index: 2, entry: entry(2) });
  });

  it('gives an index once', async () => {
    const won = await Promise.all([register.append(0, [entry(1)]), other.append(0, [entry(2)])]);
    expect(won.filter((isFirst) => isFirst)).toHaveLength(1);
    expect(await other.append(0, [entry(3)])).toBe(false);
    expect(await other.append(2, [entry(3)])).toBe(false);
    expect(await register.read(0, 9)).toHaveLength(1);
  });

  it.each(['lost-answer', 'deadline-exceeded-but-written', 'deadline-exceeded', 'not-leader'] as const)(
    'adds an entry once, after %s',
    async (fault) => {
      await register.append(0, [entry(0)]);
      await standIn.inject(fault);
      expect(await register.append(1, [entry(1)])).toBe(true);
      expect(await other.read(0, 9)).toEqual([entry(0), entry(1)]);
    },
  );

  it('says that nobody answers', async () => {
    await standIn.away();
    await expect(register.read(0, 1)).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
    await expect(register.append(0, [entry(0)])).rejects.toMatchObject({ name: 'StoreError' });
    await standIn.back();
    expect(await register.read(0, 1)).toEqual([]);
  }, 30_000);

  it('knows whether a ledger was moved there, whole', async () => {
    expect(await register.wasMoved()).toBe(false);
    const connection = Connection.to(standIn.url);
    await markBegun(connection);
    expect(await register.wasMoved()).toBe(false);
    await markFinished(connection);
    expect(await register.wasMoved()).toBe(true);
    await connection.close();
  });

  it('is none of a ledger in a file', async () => {
    expect(await openSealRegister('sqlite:/nowhere/ledger.db')).toBeUndefined();
  });
});
