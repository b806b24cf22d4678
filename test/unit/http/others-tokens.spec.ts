import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '../../../src/event-store/port.js';
import { followOthers } from '../../../src/follow-others.js';
import { OthersTokens } from '../../../src/http/access/others-tokens.js';

describe('tokens of other servers', () => {
  it('are in trouble once the ledger cannot be followed any more', () => {
    let fail: (error: unknown) => void = () => undefined;
    const subscribe: EventStore['subscribe'] = (_from, _onEvents, onError) => {
      fail = onError;
      return { close: () => Promise.resolve() };
    };
    const lines: string[] = [];
    const othersTokens = new OthersTokens({ isShared: true, head: () => Promise.resolve(-1) }, -1);
    followOthers({ subscribe } as EventStore, {
      from: 0,
      views: { notify: () => undefined },
      tokens: { apply: () => undefined },
      pipelines: { apply: () => undefined },
      othersTokens,
      log: (line) => lines.push(line),
    });
    expect(othersTokens.trouble()).toBeUndefined();
    fail(new Error('a record is no link'));
    expect(othersTokens.trouble()).toMatch(/not followed any more/);
    expect(lines).toEqual([expect.stringContaining('a record is no link')]);
  });

  it('are waited for until this server has followed to the head', async () => {
    const othersTokens = new OthersTokens({ isShared: true, head: () => Promise.resolve(7) }, 3);
    let isDone = false;
    const waiting = othersTokens.catchUp().then(() => (isDone = true));
    await delay(50);
    othersTokens.reached(6);
    await delay(50);
    expect(isDone).toBe(false);
    othersTokens.reached(7);
    await waiting;
  });

  it('are looked for a few times a second, however many ask, and for about a second', async () => {
    let heads = 0;
    const store = { isShared: true, head: () => Promise.resolve(((heads += 1), 7)) };
    const othersTokens = new OthersTokens(store, 3);
    const startedMs = Date.now();
    await Promise.all(Array.from({ length: 5_000 }, () => othersTokens.catchUp()));
    expect(Date.now() - startedMs).toBeLessThan(2_500);
    expect(heads).toBeLessThanOrEqual(2);
    const known = new OthersTokens({ ...store, head: () => Promise.resolve(((heads += 1), 3)) }, 3);
    heads = 0;
    const untilMs = Date.now() + 600;
    while (Date.now() < untilMs) await known.catchUp();
    expect(heads).toBeLessThanOrEqual(4);
  });

  it('are not looked for where there are no other servers', async () => {
    const head = () => Promise.reject(new Error('nobody asks for it'));
    await new OthersTokens({ head }, -1).catchUp();
    await new OthersTokens({ isShared: true, head }, -1).catchUp();
  });
});
