import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyFolder } from '../../../src/cli/verify/folder.js';
import { COLUMNS, ROWS, type Case } from './cases.js';
import { makeSealedFolder, tamper, type Sealed } from './sealed-folder.js';

const base = mkdtempSync(join(tmpdir(), 'cairn-tamper-'));
const original = join(base, 'original');
const folder = join(base, 'tampered');
const FILES = ['ledger.db', 'tree.db', 'seals.db'] as const;

let sealed: Sealed;

beforeAll(async () => {
  mkdirSync(original);
  sealed = await makeSealedFolder(original);
});
beforeEach(() => cpSync(original, folder, { recursive: true }));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const TRUST = { trusted: [], kept: undefined, quorum: { witnesses: [], least: 0 } };

/** What is found, a line each: check, code, position and sentence. */
async function findings(witnesses: readonly string[] = []): Promise<string> {
  const trust = { ...TRUST, quorum: { witnesses, least: witnesses.length } };
  const { checks } = await verifyFolder({ data: folder, snapshots: true }, trust);
  const lines = checks.flatMap(({ findings: found }) => found);
  return lines.map(({ check, code, position, what }) => `${check} | ${code} | ${position ?? ''} | ${what}`).join('\n');
}

/** `file table`: what there is to tamper with, by the files themselves. */
function tables(): { file: string; table: string; columns: string[] }[] {
  return FILES.flatMap((file) => {
    const db = new Database(join(original, file), { readonly: true });
    const names = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all() as string[];
    const columnsOf = (table: string) =>
      (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    const found = names.map((table) => ({ file, table, columns: columnsOf(table) }));
    db.close();
    return found;
  });
}

async function expectFound({ change, finds, isWitnessWanted }: Case, file: string): Promise<void> {
  tamper(join(folder, file), (db) => (typeof change === 'string' ? db.exec(change) : change(db)));
  const found = await findings(isWitnessWanted ? [sealed.witness] : []);
  if (finds === 'nothing') return expect(found).toBe('');
  for (const expected of [finds].flat()) expect(found).toMatch(expected);
}

it('nothing is found where nothing was done', async () => expect(await findings([sealed.witness])).toBe(''));

it('there is a case for every column, and for a row more, less and swapped of every table', () => {
  const all = tables();
  expect(Object.keys(COLUMNS).sort()).toEqual(
    all.flatMap(({ file, table, columns }) => columns.map((column) => `${file} ${table}.${column}`)).sort(),
  );
  expect(Object.keys(ROWS).sort()).toEqual(
    all.flatMap(({ file, table }) => ['added', 'deleted', 'swapped'].map((what) => `${file} ${table} ${what}`)).sort(),
  );
});

describe('a change of a column is found:', () => {
  it.each(Object.entries(COLUMNS))('%s', (name, one) => expectFound(one, name.split(' ')[0] ?? ''));
});

describe('a change of rows is found:', () => {
  it.each(Object.entries(ROWS))('%s', (name, one) => expectFound(one, name.split(' ')[0] ?? ''));
});
