import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EntryBuffer } from '../../../src/access-log/buffer.js';

/** A disk that a test can break, and make slow. */
class Disk {
  readonly batches: number[][] = [];
  broken = false;
  #hold: Promise<void> = Promise.resolve();

  readonly write = async (entries: readonly number[]): Promise<void> => {
    await this.#hold;
    if (this.broken) throw new Error('no space left');
    this.batches.push([...entries]);
  };

  /** Keeps what is written from here on waiting, until it is called. */
  hold(): () => void {
    let go = (): void => undefined;
    this.#hold = new Promise((resolve) => (go = resolve));
    return go;
  }

  get entries(): number[] {
    return this.batches.flat();
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('the buffer of the access log', () => {
  let disk: Disk;
  let lines: string[];
  let buffer: EntryBuffer<number>;
  const make = (keptMax?: number) =>
    new EntryBuffer<number>({ write: disk.write, log: (line) => lines.push(line), ...(keptMax && { keptMax }) });
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
    disk = new Disk();
    lines = [];
    buffer = make();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('writes what came within a tenth of a second in one batch', async () => {
    for (const n of upTo(3)) buffer.add(n);
    await pass(90);
    expect([disk.batches, buffer.status().waiting]).toEqual([[], 3]);
    await pass(20);
    expect(disk.batches).toEqual([[0, 1, 2]]);
    buffer.add(3);
    await pass(110);
    expect(disk.batches).toEqual([[0, 1, 2], [3]]);
  });

  it('writes at once when there is enough', async () => {
    for (const n of upTo(500)) buffer.add(n);
    await pass(0);
    expect(disk.batches.map(({ length }) => length)).toEqual([500]);
  });

  it('keeps the order, each once, while more comes than a batch may hold', async () => {
    const go = disk.hold();
    for (const n of upTo(5_000)) buffer.add(n);
    await pass(500);
    go();
    await pass(500);
    expect(disk.entries).toEqual(upTo(5_000));
    expect(Math.max(...disk.batches.map(({ length }) => length))).toBeLessThanOrEqual(2_000);
  });

  it('flushes what was added until then, and waits for no more', async () => {
    const go = disk.hold();
    buffer.add(0);
    const flushed = buffer.flush();
    await pass(0);
    buffer.add(1);
    go();
    expect(await flushed).toBe(true);
    expect(disk.entries).toEqual([0]);
    await buffer.close();
    expect(disk.entries).toEqual([0, 1]);
  });

  describe('when its writing fails', () => {
    beforeEach(() => {
      disk.broken = true;
    });

    it('keeps everything, says so once, and writes it in order when it can', async () => {
      for (const n of upTo(600)) buffer.add(n);
      await pass(5_000);
      expect(buffer.status()).toEqual({ waiting: 600, lost: 0, isFailing: true });
      expect(lines).toEqual([expect.stringMatching(/cannot be written.*no space left/)]);
      disk.broken = false;
      await pass(1_100);
      expect(disk.entries).toEqual(upTo(600));
      expect(buffer.status()).toEqual({ waiting: 0, lost: 0, isFailing: false });
      expect(lines[1]).toMatch(/written again; 0 entries were lost/);
    });

    it('keeps no more than its bound, and counts what it lost', async () => {
      buffer = make(10);
      for (const n of upTo(25)) buffer.add(n);
      await pass(3_000);
      expect(buffer.status()).toEqual({ waiting: 10, lost: 15, isFailing: true });
      disk.broken = false;
      await pass(1_100);
      buffer.add(25);
      await pass(200);
      expect(disk.entries).toEqual([...upTo(10), 25]);
      expect(buffer.status()).toEqual({ waiting: 0, lost: 15, isFailing: false });
      expect(lines.filter((line) => line.includes('entries are lost'))).toHaveLength(1);
      expect(lines.at(-1)).toMatch(/written again; 15 entries were lost/);
    });

    it('counts each trouble by itself', async () => {
      buffer = make(1);
      for (let trouble = 1; trouble <= 2; trouble++) {
        disk.broken = true;
        for (const n of upTo(4)) buffer.add(n);
        await pass(2_000);
        disk.broken = false;
        await pass(2_000);
        expect(buffer.status()).toEqual({ waiting: 0, lost: 3 * trouble, isFailing: false });
        expect(lines.at(-1)).toMatch(/; 3 entries were lost/);
      }
    });

    it('does not wait for ever at the end, and says what is lost', async () => {
      for (const n of upTo(7)) buffer.add(n);
      await buffer.close();
      expect(lines.at(-1)).toMatch(/7 entries are lost/);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('says that a flush did not come about', async () => {
      buffer.add(0);
      expect(await buffer.flush()).toBe(false);
    });
  });

  it('says what it loses while the disk is only slow', async () => {
    buffer = make(1_000);
    const go = disk.hold();
    for (const n of upTo(1_200)) buffer.add(n);
    await pass(200);
    expect(buffer.status()).toEqual({ waiting: 1_000, lost: 200, isFailing: false });
    go();
    await pass(200);
    expect(disk.entries).toEqual(upTo(1_000));
    expect(lines).toEqual([expect.stringMatching(/room for no more/), expect.stringMatching(/; 200 entries/)]);
  });
});
