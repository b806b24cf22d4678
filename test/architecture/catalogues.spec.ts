import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { getMetadataArgsStorage } from 'typeorm';
import { AccessEntry } from '../../src/access-log/entity.js';
import { SETTINGS } from '../../src/config.js';
import { REFUSAL_REASONS } from '../../src/domain/refusal.js';
import { DEFINITIONS, METRIC_IDS } from '../../src/reports/advisory-board/definitions.js';
import { REFUSALS, REJECTIONS } from '../../src/http/problems/tables.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFile(join(root, file), 'utf8');

/** Cells of the rows of the table under a heading, without the backticks around them. */
async function table(file: string, heading: string): Promise<string[][]> {
  const [, section = ''] = (await read(file)).split(new RegExp(`^##+ ${heading}$`, 'm'));
  const [body = ''] = section.split(/^##+ /m);
  return [...body.matchAll(/^\| (.+) \|$/gm)]
    .map(([, row = '']) => row.split(' | ').map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')))
    .slice(2);
}

describe('the pages say what the code does:', () => {
  it('events', async () => {
    const files = (await readdir(join(root, 'src/domain'), { recursive: true })).filter((file) => file.endsWith('.ts'));
    const texts = await Promise.all(files.map((file) => read(`src/domain/${file}`)));
    const inCode = texts.flatMap((text) => [...text.matchAll(/'([A-Z]\w+\.v\d+)'/g)].map(([, type]) => type));
    const rows = await table('docs/reference.md', 'Events');
    expect(rows.map(([type]) => type).sort()).toEqual([...new Set(inCode)].sort());
  });

  it('refusals with their status', async () => {
    const rows = await table('docs/reference.md', 'Refusals');
    expect(rows.map(([reason]) => reason).sort()).toEqual([...REFUSAL_REASONS].sort());
    for (const [reason, status] of rows) {
      expect([reason, Number(status)]).toEqual([reason, REFUSALS[reason as keyof typeof REFUSALS].status]);
    }
  });

  it('rejections with their status', async () => {
    const rows = await table('docs/reference.md', 'Other problems');
    expect(Object.fromEntries(rows.map(([code, status]) => [code, Number(status)]))).toEqual(
      Object.fromEntries(Object.entries(REJECTIONS).map(([code, { status }]) => [code, status])),
    );
  });

  it('metrics with their formulas', async () => {
    const rows = await table('docs/reference.md', 'Metrics');
    const inCode = METRIC_IDS.map((id) => [id, DEFINITIONS[id].title, DEFINITIONS[id].definition]);
    expect(rows.map((row) => row.map((cell) => cell.replaceAll('\\', '')))).toEqual(inCode);
  });

  it('fields of the access log', async () => {
    const rows = await table('docs/reference.md', 'Access log');
    const columns = getMetadataArgsStorage().columns.filter(({ target }) => target === AccessEntry);
    expect(rows.map(([field]) => field)).toEqual(columns.map(({ propertyName }) => propertyName));
  });

  it('settings with their defaults', async () => {
    const rows = await table('README.md', 'Settings');
    expect(rows.map(([name, value]) => [name, value === 'none' ? '' : value])).toEqual(
      SETTINGS.map((setting) => [setting.name, setting.default]),
    );
  });
});
