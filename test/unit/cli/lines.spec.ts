import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openSource, prepareLine, splitLines } from '../../../src/cli/import/lines.js';

async function* chunksOf(...parts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Promise.resolve(Buffer.from(part as string));
}

async function linesOf(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(chunks)) lines.push(line.toString('utf8'));
  return lines;
}

describe('splitLines', () => {
  it('takes lines across chunks, with either line end, and a last one without an end', async () => {
    expect(await linesOf(chunksOf('a', 'b\r\nc', '\n\nd'))).toEqual(['ab', 'c', '', 'd']);
  });

  it('leaves a byte order mark out', async () => {
    expect(await linesOf(chunksOf(Buffer.from([0xef, 0xbb, 0xbf]), '{}\n{}'))).toEqual(['{}', '{}']);
  });

  it('finds the same lines however the bytes are cut', async () => {
    const text = 'eins\nzwei ü\n\ndrei';
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const parts = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(await linesOf(chunksOf(...parts))).toEqual(text.split('\n'));
      }),
    );
  });
});

describe('openSource', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-lines-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a .gz as its content', async () => {
    const file = join(folder, 'a.ndjson.gz');
    writeFileSync(file, gzipSync('{"a":1}\n{"b":2}\n'));
    expect(await linesOf(openSource(file).chunks)).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('fails on a .gz that is cut off, instead of taking what there is for the whole', async () => {
    const file = join(folder, 'cut.ndjson.gz');
    const whole = gzipSync(Array.from({ length: 5_000 }, (_, index) => `{"n":${Math.sin(index)}}`).join('\n'));
    writeFileSync(file, whole.subarray(0, whole.length - 200));
    await expect(linesOf(openSource(file).chunks)).rejects.toThrow(/unexpected end/);
  });
});

describe('prepareLine', () => {
  const prepared = (line: string, lineNumber = 7) => {
    const { bytes, command } = prepareLine(Buffer.from(line), lineNumber);
    return { text: bytes.toString('utf8'), command };
  };

  it('puts a key in, the same for the same line at the same place, and leaves the rest as it is', () => {
    const { text, command } = prepared('{"command":"bake", "n": 1.0}');
    expect(text).toMatch(/^\{"idempotencyKey":"[0-9a-f]{64}","command":"bake", "n": 1\.0\}$/);
    expect(command).toBe('bake');
    expect(prepared('{"command":"bake", "n": 1.0}').text).toBe(text);
    expect(prepared('{"command":"bake", "n": 1.0}', 8).text).not.toBe(text);
  });

  it('keeps a key that is there, and a duplicate key for the server to see', () => {
    expect(prepared('{"idempotencyKey":"mine"}').text).toBe('{"idempotencyKey":"mine"}');
    expect(prepared('{"a":1,"a":2}').text).toMatch(/,"a":1,"a":2\}$/);
  });

  it('makes an object without members valid too', () => {
    expect(JSON.parse(prepared('  {}').text)).toEqual({ idempotencyKey: expect.any(String) as unknown });
  });

  it.each(['not json', '[]', 'null', '"{"'])('sends %s as it is', (line) => {
    expect(prepared(line)).toEqual({ text: line, command: '(unreadable)' });
  });
});
