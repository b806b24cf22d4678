import { describe, expect, it } from '@jest/globals';
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
    const othersTokens = new OthersTokens();
    followOthers({ subscribe } as EventStore, {
      from: 0,
      views: { notify: () => undefined },
      tokens: { apply: () => undefined },
      othersTokens,
      log: (line) => lines.push(line),
    });
    expect(othersTokens.trouble()).toBeUndefined();
    fail(new Error('a record is no link'));
    expect(othersTokens.trouble()).toMatch(/not followed any more/);
    expect(lines).toEqual([expect.stringContaining('a record is no link')]);
  });
});
