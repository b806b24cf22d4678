import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { describeOn, startEngine } from './support/engine.js';

const FOLDER = join(import.meta.dirname, '../../projections');
const FILES = readdirSync(FOLDER).flatMap((name) => /^(.+)\.js$/.exec(name)?.[1] ?? []);

const { describeOnEngine, engine } = describeOn(await startEngine());
afterAll(() => engine.stop());

describe.each(FILES)('the file projections/%s.js', (file) => {
  const text = readFileSync(join(FOLDER, `${file}.js`), 'utf8');

  it('is 20 to 60 lines that begin with what it answers', () => {
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(20);
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(lines[0]).toMatch(/^\/\/ \S/);
  });

  it('is in the table of projections/README.md', () => {
    expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toContain(`| [${file}.js](${file}.js) `);
  });
});

describeOnEngine.each(FILES)('projections/%s.js on the engine', (file) => {
  it('compiles, reads all streams, and links only where its name says history', async () => {
    const { source, settings } = await engine.run(file, []);
    expect(source).toEqual({ type: 'all' });
    expect(settings.emitsEvents).toBe(file.startsWith('history-'));
  });
});
