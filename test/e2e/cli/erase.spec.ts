import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { SqliteEventReader } from '../../../src/event-store/sqlite/reader.js';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { leafHash } from '../../../src/ledger/leaf.js';
import { openReadDatabase } from '../../../src/views/database.js';
import { knownDatabaseOf } from '../../support/database-of.js';
import { dump } from '../../unit/views/ledger.js';
import { bakeOf, digestOf, promotionOf } from '../support/fixtures.js';
import { cairn, hasControlCharacters, serve, stop, temporaryFolder, type Ended, type Served } from './cairn.js';

const SECRET = 'Frau Beispiel of accounting';
const KEY = { 'idempotency-key': 'the-one-promotion' };
const folder = temporaryFolder();
let server: Served;
let promotion: Receipt;
let before: { events: RecordedEvent[]; views: Rows; knownGood: unknown };
let secretIds: string[];

interface Receipt {
  readonly eventId: string;
  readonly changeId?: string;
  readonly id?: string;
}
type Rows = Record<string, string[]>;
type Headers = Readonly<Record<string, string>>;

const erase = (ids: readonly string[], ...more: string[]): Promise<Ended> =>
  cairn(['erase', ...ids, '--data', folder.path, '--reason', 'named a person', ...more]);

/** As the admin, or as whoever has the token; answers the body. */
async function ask<Body = Receipt>(path: string, body?: object, headers: Headers = {}): Promise<Body> {
  const answer = await fetch(`${server.url}/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Body;
}

async function tokenOf(role: string, ...more: string[]): Promise<Headers> {
  const { stdout } = await cairn(['token', 'issue', '--subject', role, '--role', role, ...more], server.settings);
  return { authorization: `Bearer ${stdout.trim()}` };
}

/** One of each event whose remarks a view keeps. */
async function tellEverything(): Promise<void> {
  const reason = `asked for by ${SECRET}`;
  await ask('/pipelines', { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] });
  await ask('/pipelines/shop/suspension', { reason });
  await ask('/pipelines/shop/reinstatement', { reason });
  await ask('/environments', { name: 'dev', tier: 'development', reason });
  const [pipeline, approver] = [await tokenOf('pipeline', '--pipeline', 'shop'), await tokenOf('approver')];
  const [good, bad] = [digestOf('good'), digestOf('bad')];
  for (const digest of [good, bad]) await ask('/artifacts', bakeOf(digest), pipeline);
  await ask(`/artifacts/${bad}/revocation`, { severity: 'high', reason }, approver);
  promotion = await promote(pipeline);
  const incident = { change: promotion.changeId, severity: 'P3', startedAt: new Date().toISOString(), reason };
  const { id } = await ask('/incidents', { ...incident, ticket: SECRET }, approver);
  await ask(`/incidents/${id}/resolution`, { reason }, approver);
  const started = await ask<{ id: string }>('/exports', { what: 'changes', format: 'csv', note: reason });
  await ask(`/exports/${started.id}?wait=20`);
}

const promote = (pipeline: Headers): Promise<Receipt> =>
  ask(
    '/environments/dev/promotions',
    promotionOf(digestOf('good'), { change: { type: 'normal', reason: `asked for by ${SECRET}`, ticket: SECRET } }),
    { ...pipeline, ...KEY },
  );

async function eventsOf(): Promise<RecordedEvent[]> {
  const reader = SqliteEventReader.open(join(folder.path, 'ledger.db'));
  const events = await reader.readAll(0, 1_000);
  await reader.close();
  return events;
}

async function viewsOf(): Promise<Rows> {
  const { CAIRN_DATABASE } = knownDatabaseOf(folder.path);
  const source = await openReadDatabase(CAIRN_DATABASE ?? `sqlite:${join(folder.path, 'views.db')}`);
  const rows = await dump(source);
  await source.destroy();
  return rows;
}

/** Files of the data folder that have a text in them. */
const filesWith = (text: string): string[] =>
  readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name), 'latin1').includes(text))
    .map(({ name }) => name);

beforeAll(async () => {
  server = await serve(folder.path);
  await tellEverything();
  const refused = await erase([promotion.eventId], '--yes');
  expect(refused).toMatchObject({ code: EXIT_CODES.inUse, stdout: '' });
  expect(refused.stderr).toContain('in use by another Cairn');
  const knownGood = await ask('/environments/dev/known-good');
  await stop(server);
  before = { events: await eventsOf(), views: await viewsOf(), knownGood };
  secretIds = before.events.filter(({ remarks }) => remarks?.includes(SECRET)).map(({ id }) => id);
});
afterAll(async () => {
  await stop(server);
  folder.remove();
});

describe('cairn erase', () => {
  it.each([
    ['no id', [], ['--yes'], EXIT_CODES.usage, 'missing required argument'],
    ['what is no id', ['production'], ['--yes'], EXIT_CODES.usage, 'production is no event’s id'],
    ['no word for it', ['0193a7c2-0000-7000-8000-000000000001'], [], EXIT_CODES.usage, 'no terminal to ask on'],
    ['an id of no event', ['0193a7c2-0000-7000-8000-000000000001'], ['--yes'], EXIT_CODES.input, 'No event of this'],
    [
      'an empty reason',
      ['0193a7c2-0000-7000-8000-000000000001'],
      ['--yes', '--reason', ' '],
      EXIT_CODES.usage,
      '--reason',
    ],
    [
      'a name with a space',
      ['0193a7c2-0000-7000-8000-000000000001'],
      ['--yes', '--by', 'a b'],
      EXIT_CODES.usage,
      '--by',
    ],
  ])('does nothing for %s', async (_, ids, more, code, message) => {
    const ended = await erase(ids, ...more);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(await eventsOf()).toEqual(before.events);
  });

  it('does nothing where there is no ledger, or one on KurrentDB', async () => {
    const id = '0193a7c2-0000-7000-8000-000000000001';
    const nowhere = join(folder.path, 'none');
    const missing = await cairn(['erase', id, '--reason', 'x', '--yes', '--data', nowhere]);
    expect(missing).toMatchObject({ code: EXIT_CODES.input, stdout: '' });
    const settings = { CAIRN_EVENT_STORE: 'esdb://cairn:s3cret@127.0.0.1:9?tls=false' };
    const kurrent = await cairn(['erase', id, '--reason', 'x', '--yes'], settings);
    expect(kurrent).toMatchObject({ code: EXIT_CODES.config, stdout: '' });
    expect(kurrent.stderr).toContain('a KurrentDB keeps every event as it was written');
    expect(kurrent.stderr).not.toContain('s3cret');
  });

  it('takes what was said out of every file of the data folder, and changes no leaf', async () => {
    expect(secretIds).toHaveLength(8);
    expect(filesWith(SECRET)).toEqual(expect.arrayContaining(['ledger.db', expect.stringMatching(/\.csv$/)]));
    const { code, stdout, stderr } = await erase(secretIds, '--yes', '--by', 'auditor-7');
    expect([code, stderr]).toEqual([0, '']);
    expect(hasControlCharacters(stdout)).toBe(false);
    expect(stdout).not.toContain(SECRET);
    expect(stdout.match(/are erased\.$/gm)).toHaveLength(8);
    expect(stdout).toContain('1 file of an export was removed');
    expect(stdout).toContain('Backups');

    expect(filesWith(SECRET)).toEqual([]);
    const after = await eventsOf();
    const [old, records] = [after.slice(0, before.events.length), after.slice(before.events.length)];
    expect(old.map(leafHash)).toEqual(before.events.map(leafHash));
    expect(old.filter(({ remarks }) => remarks === null).map(({ id }) => id)).toEqual(secretIds);
    expect(records.map(({ type, actor, remarks }) => ({ type, actor, remarks }))).toEqual(
      secretIds.map(() => ({ type: 'RemarksErased.v1', actor: 'auditor-7', remarks: '{"reason":"named a person"}' })),
    );
  });

  it('leaves views that differ in the words alone, as a rebuild does', async () => {
    const after = await viewsOf();
    const differing = Object.keys(before.views).flatMap((table) => differences(table, before.views, after));
    expect([...new Set(differing)].sort()).toEqual([
      'artifact_revocations.reason',
      'changes.note',
      'changes.ticket',
      'environment_policies.reason',
      'exceptions.reason',
      'incidents.note',
      'incidents.resolution',
      'incidents.ticket',
    ]);
    expect(await cairn(['rebuild', '--data', folder.path])).toMatchObject({ code: 0 });
    expect(await viewsOf()).toEqual(after);
  });

  it('says when there is nothing to do, and when it may not be done', async () => {
    const head = (await eventsOf()).length;
    const again = await erase([secretIds[0] ?? ''], '--yes');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toBe(`The remarks of ${secretIds[0]} were erased before: nothing is done.\n`);
    const record = (await eventsOf()).at(-1)?.id ?? '';
    const refused = await erase([record], '--yes');
    expect(refused).toMatchObject({ code: EXIT_CODES.failed, stdout: '' });
    expect(refused.stderr).toContain('its own remarks stay');
    expect(await eventsOf()).toHaveLength(head);
  });

  it('shows over HTTP that they were erased, and decides and answers as before', async () => {
    server = await serve(folder.path);
    const event = await ask<object>(`/events/${promotion.eventId}`);
    expect(event).toMatchObject({
      remarks: null,
      erased: true,
      remarksHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      data: { digest: digestOf('good') },
    });
    const { items } = await ask<{ items: { id: string; eventId: string }[] }>('/events?stream=erasures&limit=500');
    expect(items).toHaveLength(8);
    const records = await Promise.all(items.map((item) => ask<object>(`/events/${item.eventId ?? item.id}`)));
    expect(records).toContainEqual(
      expect.objectContaining({
        type: 'RemarksErased.v1',
        data: expect.objectContaining({ eventId: promotion.eventId }) as object,
        remarks: { reason: 'named a person' },
      }),
    );
    for (const record of records) expect(record).not.toHaveProperty('erased');

    const dossier = await ask<{ timeline: { entries: object[] } }>(`/changes/${promotion.changeId}`);
    expect(dossier.timeline.entries).toContainEqual(
      expect.objectContaining({
        eventId: promotion.eventId,
        what: 'switched: it takes the traffic; its remarks were erased',
        erased: true,
      }),
    );
    expect(JSON.stringify(dossier)).not.toContain(SECRET);
    expect(await ask('/environments/dev/known-good')).toMatchObject({
      ...(before.knownGood as object),
      position: expect.any(Number),
    });
    const pipeline = await tokenOf('pipeline', '--pipeline', 'shop');
    expect(await promote(pipeline)).toEqual(promotion);
    await stop(server);
  });
});

/** Columns of a table that a row has lost a text in; anything else that differs fails. */
function differences(table: string, before: Rows, after: Rows): string[] {
  const [old, now] = [before[table] ?? [], after[table] ?? []].map((rows) =>
    rows
      .map((row) => JSON.parse(row) as Record<string, unknown>)
      .filter((row) => row['stream'] !== 'erasures' && !('event_id' in row && 'view' in row)),
  ) as [Record<string, unknown>[], Record<string, unknown>[]];
  const bare = (row: Record<string, unknown>): string =>
    JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => !WORDS.has(name))));
  expect([table, now.map(bare).sort()]).toEqual([table, old.map(bare).sort()]);
  const byBare = new Map(now.map((row) => [bare(row), row]));
  return old.flatMap((row) => {
    const other = byBare.get(bare(row)) ?? {};
    const changed = [...WORDS].filter((name) => row[name] !== other[name]);
    for (const name of changed) expect([table, name, other[name]]).toEqual([table, name, null]);
    return changed.map((name) => `${table}.${name}`);
  });
}

/** Columns that remarks get into; a refusal's `reason` and `detail` are facts. */
const WORDS = new Set(['note', 'ticket', 'resolution', 'reason', 'detail']);
