import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/scale.md'), 'utf8');
const numberOf = (row: string): number => Number((row.match(/[\d,.]*\d/)?.[0] ?? '').replaceAll(',', ''));

/** The figure beside this name, in whichever table it stands. */
function figure(name: string): number {
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const found = rows.filter((cells) => cells[1] === name);
  expect([name, found.length]).toEqual([name, 1]);
  return numberOf(found[0]?.[2] ?? '');
}

it('the commands on docs/scale.md name scripts that are there', () => {
  const scripts = [...page.matchAll(/bench\/scale\/\w+\.js/g)].map(([script]) => script);
  expect(new Set(scripts).size).toBe(3);
  for (const script of scripts) expect(existsSync(join(ROOT, script))).toBe(true);
});

it('what docs/scale.md derives follows from what it says was measured', () => {
  const near = (name: string, value: number) =>
    expect([name, figure(name) / value]).toEqual([name, expect.closeTo(1, 1)]);
  const aDay = (10_000 * 10 * 10) / 6;
  const aYear = aDay * 365;
  near('events a day', aDay);
  near('commands a second, mean', aDay / 86_400);
  near('commands a second, all within two hours', aDay / 7_200);
  near('events a year', aYear / 1e6);
  near('`ledger.db` after a year', (aYear * figure('`ledger.db`')) / 1e9);
  near('`views.db` after a year', (aYear * figure('`views.db`')) / 1e9);
  near('rebuild of the views after a year', aYear / 6_238 / 3_600);
  near('on KurrentDB after a year', (aYear * figure('bake')) / 1e6);
});

it('what docs/scale.md says was measured there stands in the README', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  for (const measured of ['2,258/s', '3,903 lines/s', '6,238/s', '1.30']) expect(readme).toContain(measured);
  for (const quoted of ['2,258', '3,903', '6,238', '1.30']) expect(page).toContain(quoted);
});
