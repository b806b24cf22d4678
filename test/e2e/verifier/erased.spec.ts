import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqliteEventReader } from '../../../src/event-store/sqlite/reader.js';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { tamper } from '../../contract/verify/sealed-folder.js';
import { cairn, serve, stop, temporaryFolder, type Served } from '../cli/cairn.js';
import { digestOf } from '../support/fixtures.js';
import { verify } from './support/run.js';

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const file = (name: string): string => join(folder.path, name);
let server: Served;
let erased: RecordedEvent;
let record: RecordedEvent;

/** A promotion whose remarks name a person. */
function history(): string {
  const digest = digestOf('erased');
  const lines: object[] = [
    { command: 'register-pipeline', id: 'ci', name: 'CI', mayBake: ['*'], mayPromoteTo: ['*'] },
    { command: 'define-environment', name: 'production', tier: 'production' },
    {
      ...{ command: 'bake', pipeline: 'ci', digest, component: 'shop', version: '1', kind: 'container-image' },
      ...{
        layer: 'application',
        source: { repository: 'https://git.example/shop', commit: 'abc1234' },
        run: { id: '1' },
      },
    },
    {
      ...{ command: 'promote', pipeline: 'ci', environment: 'production', digest, strategy: 'all-at-once' },
      ...{ change: { type: 'standard', reason: 'asked for by Frau Beispiel' }, idempotencyKey: 'p' },
    },
  ];
  return lines.map((line) => JSON.stringify(line)).join('\n');
}

async function eventsOf(): Promise<RecordedEvent[]> {
  const reader = SqliteEventReader.open(join(data, 'ledger.db'));
  const events = await reader.readAll(0, 100);
  await reader.close();
  return events;
}

async function evidence(name: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await cairn(['evidence', ...args, '-o', file(name)], server.settings);
  if (code !== 0) throw new Error(stderr);
}

/** What both say, which share no code. */
async function both(path: string): Promise<{ codes: (number | null)[]; ours: string; theirs: string }> {
  const args = path === data || path.endsWith('altered') ? ['--data', path] : [path];
  const [ours, theirs] = [await cairn(['verify', ...args]), await verify(path)];
  return { codes: [ours.code, theirs.code], ours: ours.stdout, theirs: theirs.output };
}

beforeAll(async () => {
  server = await serve(data);
  writeFileSync(file('history.ndjson'), history());
  const imported = await cairn(['import', '--strict', file('history.ndjson')], server.settings);
  if (imported.code !== 0) throw new Error(imported.stderr);
  await stop(server);
  const target = (await eventsOf()).find(({ remarks }) => remarks?.includes('Frau Beispiel'));
  const made = await cairn(['erase', target?.id ?? '', '--data', data, '--reason', 'named a person', '--yes']);
  if (made.code !== 0) throw new Error(made.stderr);
  const events = await eventsOf();
  [erased] = events.filter(({ remarks }) => remarks === null) as [RecordedEvent];
  record = events.at(-1) as RecordedEvent;
  server = await serve(data);
  await evidence('proven.zip', '--event', erased.id, '--event', record.id);
  await evidence('unproven.zip', '--environment', 'production');
  await evidence('withheld.zip', '--event', erased.id, '--event', record.id, '--withhold', 'data');
  await stop(server);
});
afterAll(async () => {
  await stop(server);
  folder.remove();
});

describe('after cairn erase, both verifiers', () => {
  it('find the folder right, and say what was erased', async () => {
    const { codes, ours, theirs } = await both(data);
    expect(codes).toEqual([0, 0]);
    expect(ours).toContain('Of 1 the remarks were erased, as the ledger says.');
    expect(theirs).toContain('ok   erased: the remarks of 1 event, each by a later event');
  });

  it('find a package right that has the event that records it', async () => {
    const { codes, ours, theirs } = await both(file('proven.zip'));
    expect(codes).toEqual([0, 0]);
    expect(ours).toContain('Of 1 the remarks were erased, as events here record.');
    expect(theirs).toContain('ok   erased: 1; of 1 the event that erased them is here too');
  });

  it.each(['unproven.zip', 'withheld.zip'])('say of %s that it does not show who erased them', async (name) => {
    const { codes, ours, theirs } = await both(file(name));
    expect(codes).toEqual([0, 0]);
    expect(ours).toContain('Of 1 the package says that the remarks were erased, and has no event that records it');
    expect(theirs).toContain('NOTE erased: 1; of 0 the event that erased them is here too');
  });

  it.each([
    ['taken away', `UPDATE events SET remarks = NULL WHERE position = 0`],
    ['put back', `UPDATE events SET remarks = '{}' WHERE remarks IS NULL`],
  ])('find remarks that somebody has %s', async (_, sql) => {
    cpSync(data, file('altered'), { recursive: true });
    tamper(join(file('altered'), 'ledger.db'), (db) => db.exec(sql));
    const { codes, ours, theirs } = await both(file('altered'));
    expect(codes).toEqual([1, 1]);
    expect(ours).toMatch(
      /position \d+, .*its remarks (are gone|were erased, and they are there)|remarks were erased, and/,
    );
    expect(theirs).toMatch(/WRONG: the event at position \d+ .*: its remarks (is missing|are there)/);
  });
});
