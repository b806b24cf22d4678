import { describe, expect, it } from '@jest/globals';
import { cutBatches, type Batch } from '../../../src/cli/import/batches.js';

async function* linesOf(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Promise.resolve(Buffer.from(text));
}

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

const line = (n: number): string => JSON.stringify({ command: 'bake', n, idempotencyKey: `k${n}` });
const FIVE = [1, 2, 3, 4, 5].map(line);
const BOUNDS = { lines: 2, bytes: 10_000 };

describe('cutBatches', () => {
  it('is bounded by lines', async () => {
    const batches = await all(cutBatches(linesOf(...FIVE), BOUNDS));
    expect(batches.map(({ lines, sent }) => [lines, sent.map(({ lineNumber }) => lineNumber)])).toEqual([
      [2, [1, 2]],
      [4, [3, 4]],
      [5, [5]],
    ]);
    expect(batches[0]?.body.toString()).toBe(`${line(1)}\n${line(2)}\n`);
  });

  it('is bounded by bytes, and sends a line that is longer than that alone', async () => {
    const long = JSON.stringify({ idempotencyKey: 'x'.repeat(200) });
    const batches = await all(cutBatches(linesOf(line(1), long, line(2)), { lines: 100, bytes: 100 }));
    expect(batches.map(({ sent }) => sent.length)).toEqual([1, 1, 1]);
  });

  it('leaves blank lines out and still counts them', async () => {
    const [batch] = await all(cutBatches(linesOf(line(1), '', '  ', line(2)), { lines: 10, bytes: 10_000 }));
    expect(batch?.lines).toBe(4);
    expect(batch?.sent.map(({ lineNumber }) => lineNumber)).toEqual([1, 4]);
  });

  it('goes on after what was acknowledged', async () => {
    const [first] = await all(cutBatches(linesOf(...FIVE), BOUNDS));
    const rest = await all(cutBatches(linesOf(...FIVE), BOUNDS, first));
    expect(rest.flatMap(({ sent }) => sent.map(({ lineNumber }) => lineNumber))).toEqual([3, 4, 5]);
    const whole = await all(cutBatches(linesOf(...FIVE), BOUNDS));
    expect(rest.at(-1)?.sha256).toBe(whole.at(-1)?.sha256);
  });

  it('goes on in a file that has grown at its end', async () => {
    const done = (await all(cutBatches(linesOf(...FIVE), BOUNDS))).at(-1);
    expect(await all(cutBatches(linesOf(...FIVE), BOUNDS, done))).toEqual([]);
    const grown = await all(cutBatches(linesOf(...FIVE, line(6)), BOUNDS, done));
    expect(grown.map(({ lines }) => lines)).toEqual([6]);
  });

  it.each([
    ['another line before it', [line(9), ...FIVE.slice(1)], /are not the ones/],
    ['fewer lines', FIVE.slice(0, 1), /has 1 lines now, and 2 were acknowledged/],
  ])('notices a changed file: %s', async (_what, changed, message) => {
    const [first] = await all(cutBatches(linesOf(...FIVE), BOUNDS));
    await expect(all(cutBatches(linesOf(...changed), BOUNDS, first))).rejects.toThrow(message);
  });
});
