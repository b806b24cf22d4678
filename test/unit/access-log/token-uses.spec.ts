import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { AccessLog } from '../../../src/access-log/access-log.js';
import { TokenUses, type TokenUse } from '../../../src/access-log/token-uses.js';
import { temporaryFolder } from '../views/ledger.js';

const MINUTE_MS = 60_000;

describe('when a token was used last', () => {
  let written: TokenUse[][];
  let isFailing: boolean;
  const uses = (known: TokenUse[] = []) =>
    new TokenUses({
      known,
      write: (some) => {
        if (isFailing) return Promise.reject(new Error('no room'));
        written.push([...some]);
        return Promise.resolve();
      },
    });
  beforeEach(() => {
    jest.useFakeTimers();
    written = [];
    isFailing = false;
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is known at once, and never goes back', () => {
    const some = uses([['old', 5]]);
    expect(some.lastUsedMs('new')).toBeUndefined();
    expect(some.lastUsedMs('old')).toBe(5);
    some.note('new', 1_000);
    some.note('new', 900);
    expect(some.lastUsedMs('new')).toBe(1_000);
  });

  it('is written once a minute and token at most, and at the end', async () => {
    const some = uses([['a', MINUTE_MS]]);
    for (let ms = MINUTE_MS; ms < 2 * MINUTE_MS; ms += 1_000) some.note('a', ms);
    await some.close();
    expect(written).toEqual([[['a', 2 * MINUTE_MS - 1_000]]]);
    some.note('a', 2 * MINUTE_MS);
    await jest.advanceTimersByTimeAsync(1_200);
    expect(written).toHaveLength(1);
    some.note('a', 3 * MINUTE_MS);
    some.note('a', 3 * MINUTE_MS + 1);
    await jest.advanceTimersByTimeAsync(1_200);
    expect(written.slice(1)).toEqual([[['a', 3 * MINUTE_MS + 1]]]);
    await some.close();
    expect(written).toHaveLength(2);
  });

  it('is kept when it cannot be written, and written later', async () => {
    const some = uses();
    isFailing = true;
    some.note('a', MINUTE_MS);
    await some.close();
    isFailing = false;
    await some.close();
    expect(written).toEqual([[['a', MINUTE_MS]]]);
  });
});

describe('the file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('keeps the last use over a restart', async () => {
    const open = () => AccessLog.open({ file: join(folder.path, 'access.db'), log: () => undefined });
    const first = await open();
    first.tokenUsed('token-1', Date.parse('2026-01-01T00:00:00.123Z'));
    first.tokenUsed('token-1', Date.parse('2026-01-01T00:00:01.000Z'));
    await first.close();
    const second = await open();
    expect(second.lastUsedAt('token-1')).toBe('2026-01-01T00:00:01.000Z');
    expect(second.lastUsedAt('token-2')).toBeUndefined();
    second.tokenUsed('token-1', Date.parse('2025-01-01T00:00:00.000Z'));
    await second.close();
    const third = await open();
    expect(third.lastUsedAt('token-1')).toBe('2026-01-01T00:00:01.000Z');
    await third.close();
  });
});
