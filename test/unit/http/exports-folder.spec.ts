import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExportsFolder } from '../../../src/http/exports/folder.js';
import type { ExportRecord } from '../../../src/http/exports/record.js';

const ID = '0197a3c4-5d6e-7f80-9123-456789abcdef';
const OTHER = '0197a3c4-5d6e-7f80-9123-456789abcde0';
const HASH = '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b';
const RECORD: ExportRecord = {
  ...{ id: ID, status: 'done', actor: 'auditor-7', requestedAt: '2026-03-02T09:14:05.120Z', what: 'changes' },
  ...{ format: 'csv', query: { environment: ['production'] }, fields: ['changeId'], order: 'asc', position: 4 },
  result: { population: { count: 1, hash: HASH }, bytes: 4, digest: HASH },
  event: { eventId: OTHER, position: 5, recordedAt: '2026-03-02T09:14:06.120Z' },
};

const PACKAGE: ExportRecord = {
  ...{ id: OTHER, status: 'done', actor: 'auditor-7', requestedAt: '2026-03-03T09:14:05.120Z', what: 'evidence' },
  ...{ format: 'zip', query: { changeId: [ID] }, position: 4 },
  result: { population: { count: 1, hash: HASH, root: HASH }, bytes: 4, digest: HASH },
  event: { eventId: ID, position: 6, recordedAt: '2026-03-03T09:14:06.120Z' },
};

describe('the folder of exports', () => {
  let home: string;
  let path: string;
  let logged: string[];
  let folder: ExportsFolder;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'cairn-exports-'));
    path = join(home, 'exports');
    logged = [];
    folder = new ExportsFolder(path, (line) => logged.push(line));
    folder.save(RECORD);
    writeFileSync(join(path, `${ID}.csv`), 'rows');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('gives back what was kept in it', () => {
    const waiting = { ...RECORD, id: OTHER, status: 'waiting', requestedAt: '2026-03-03T00:00:00.000Z' } as const;
    folder.save(waiting);
    expect([folder.load(), logged]).toEqual([[RECORD, waiting], []]);
    expect(readdirSync(path).sort()).toEqual([`${OTHER}.json`, `${ID}.csv`, `${ID}.json`].sort());
  });

  it('keeps packages as well', () => {
    folder.save(PACKAGE);
    expect([folder.load(), logged]).toEqual([[RECORD, PACKAGE], []]);
    expect(folder.file(PACKAGE)).toBe(join(path, `${OTHER}.zip`));
  });

  it.each([
    ...[
      { format: 'csv' },
      { order: 'asc' },
      { result: { ...PACKAGE.result, population: { count: 1, hash: HASH, root: 'no' } } },
    ].map((change) => [JSON.stringify({ ...PACKAGE, ...change }), OTHER] as const),
    [JSON.stringify({ ...RECORD, id: OTHER, order: undefined }), OTHER],
    [JSON.stringify({ ...RECORD, id: OTHER, format: 'zip' }), OTHER],
    ['null', OTHER],
    ['', OTHER],
    ['{"id":', OTHER],
    ['[]', OTHER],
    ['"text"', OTHER],
    [JSON.stringify(RECORD), OTHER],
    [JSON.stringify({ ...RECORD, id: '../../evil' }), OTHER],
    [JSON.stringify({ ...RECORD, id: 'evil' }), 'evil'],
    ...[
      { status: 'good' },
      { format: '../csv' },
      { query: { environment: 'production' } },
      { query: null },
      { fields: ['nonsense'] },
      { position: -1 },
      { requestedAt: 4 },
      { result: undefined },
      { result: { ...RECORD.result, bytes: '4' } },
      { event: null },
      { note: 4 },
    ].map((change): [string, string] => [JSON.stringify({ ...RECORD, id: OTHER, ...change }), OTHER]),
  ])('says that %j is no record, and goes on without it', (text, name) => {
    writeFileSync(join(path, `${name}.json`), text);
    writeFileSync(join(home, 'evil'), 'not of the folder');
    mkdirSync(join(path, 'folder.json'));
    expect(folder.load()).toEqual([RECORD]);
    expect(logged).toEqual(
      expect.arrayContaining([expect.stringContaining(`"${name}.json" is no record of an export`)]),
    );
    expect([logged.length, readdirSync(path).length, readdirSync(home).length]).toEqual([2, 2, 2]);
  });
});
