import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = await readFile(`${root}docs/security.md`, 'utf8');

/** What a part of the page says of somebody: rows without the heads, cells each, and the text. */
interface Part {
  readonly who: string;
  readonly rows: readonly string[][];
  readonly text: string;
}

const parts = page
  .split(/^## /m)
  .slice(1)
  .map((text): Part => {
    const rows = [...text.matchAll(/^\| (.+) \|$/gm)].map(([, row = '']) =>
      row.split(' | ').map((cell) => cell.trim()),
    );
    return { who: text.split('\n')[0] ?? '', rows: rows.slice(2), text };
  })
  .filter(({ rows }) => rows.length > 0);

describe('the threat model', () => {
  it('speaks of everybody who could do something, and of what is not covered', () => {
    expect(parts.length).toBeGreaterThanOrEqual(10);
    expect(parts.filter(({ text }) => !/^Not covered: /m.test(text)).map(({ who }) => who)).toEqual([]);
  });

  it('names a test in each row, and each is there', () => {
    const rows = parts.flatMap(({ rows: some }) => some);
    const named = rows.map((cells) => [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file));
    expect(rows.filter((cells, index) => cells.length !== 3 || named[index]?.length === 0)).toEqual([]);
    const files = named.flat();
    expect(files.filter((file) => !/^test\/.+\.spec\.ts$/.test(file) || !existsSync(root + file))).toEqual([]);
  });

  it('promises no more than evidence', () => {
    expect(page).not.toMatch(/\bcomplian(t|ce)\b/i);
  });
});
