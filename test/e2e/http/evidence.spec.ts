import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { BAD, runByHand, unpack } from '../../support/evidence.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { HOSTILE, tellPopulation, type Told } from '../support/population.js';
import { startTestServer, type Answer, type TestServer } from '../support/server.js';

interface Package {
  id: string;
  status: string;
  asOf: number;
  what: string;
  query: Record<string, string[]>;
  manifest: { file: string; bytes: number; sha256: string; rows: number; population: Population };
  event: { eventId: string; position: number };
  links: { self: string; content: string };
}
interface Population {
  count: number;
  hash: string;
  root: string;
}
interface Leaf {
  id: string;
  type: string;
  stream: string;
  revision: number;
}
interface Shown {
  position: number;
  data?: Record<string, unknown>;
  remarks?: Record<string, unknown>;
  salts: Record<string, string>;
  withheld?: string[];
}
interface Row {
  changeId: string;
  digest: string;
  outcome: string;
  environment: string;
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describeOnEveryDatabase('evidence packages', (url) => {
  let server: TestServer;
  let told: Told;
  let rows: Row[];
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    told = await tellPopulation(server, 12);
    const { body } = await told.shop.auditor.get<{ items: Row[] }>(
      `/v1/changes?order=asc&limit=500&minPosition=${told.last}`,
    );
    rows = body.items;
  });
  afterAll(() => server.stop());

  const start = (body: object, headers: Record<string, string> = {}): Promise<Answer<Package>> =>
    told.shop.auditor.post<Package>('/v1/evidence', body, { headers: { prefer: 'wait=20', ...headers } });
  const content = async (path: string): Promise<{ response: Response; bytes: Buffer }> => {
    const response = await fetch(server.url + path, {
      headers: { authorization: `Bearer ${told.shop.auditor.token}` },
    });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const packaged = async (body: object) => {
    const { status, body: done, text, headers } = await start(body);
    if (status !== 201) throw new Error(text);
    expect(headers.get('location')).toBe(`/v1/exports/${done.id}`);
    const { response, bytes } = await content(done.links.content);
    expect([sha256(bytes), bytes.length]).toEqual([done.manifest.sha256, done.manifest.bytes]);
    const members = Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, text]) => [name, strFromU8(text)]));
    const linesOf = <Of>(name: string): Of[] =>
      (members[name] ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Of);
    const leaves = linesOf<Leaf>('leaves.ndjson');
    return { done, response, bytes, members, leaves, events: linesOf<Shown>('events.ndjson') };
  };
  const changeOf = (outcome: string, environment: string): Row => {
    const found = rows.find((row) => row.outcome === outcome && row.environment === environment);
    if (!found) throw new Error(`no ${outcome} change in ${environment}`);
    return found;
  };

  it('hold all that a change rested on, and are checked by hand as their page says', async () => {
    const { changeId, digest } = changeOf('succeeded', 'staging');
    const { done, bytes, leaves, response } = await packaged({ changeId });
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${done.manifest.file}"`);
    const types = leaves.map(({ type }) => type);
    expect(types.slice(0, 1)).toEqual(['PipelineRegistered.v1']);
    expect(types).toEqual(
      expect.arrayContaining([
        ...['EnvironmentDefined.v1', 'ArtifactBaked.v1', 'PromotionStarted.v1', 'CandidateValidated.v1'],
        'ArtifactPromoted.v1',
      ]),
    );
    expect(new Set(leaves.map(({ stream }) => stream))).toEqual(
      new Set(['pipeline-shop', 'environment-staging', `artifact-${digest.replace(':', '-')}`]),
    );
    const folder = unpack(bytes);
    try {
      const said = runByHand(folder);
      expect(said).not.toMatch(BAD);
      expect(said).toContain(`OK: ${leaves.length} leaves`);
      expect(said).toContain(`OK: ${3 * leaves.length} texts`);
      expect(readFileSync(join(folder, 'index.html'), 'utf8')).not.toContain('<script');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('have every change of a filter, refused ones too, with hostile remarks as they were', async () => {
    const asOf = String(told.last);
    const { done, leaves, events } = await packaged({ environment: ['staging'], asOf });
    const ids = new Set(leaves.map(({ id }) => id));
    for (const row of rows.filter(({ environment }) => environment === 'staging')) expect(ids).toContain(row.changeId);
    expect(done).toMatchObject({ what: 'evidence', query: { environment: ['staging'] }, asOf: told.last });
    expect(done.manifest.rows).toBe(leaves.length);
    const reasons = new Set(events.map(({ remarks }) => remarks?.['reason']));
    expect(HOSTILE.filter((text) => reasons.has(text)).length).toBeGreaterThan(5);

    const refused = changeOf('refused', 'production');
    const one = await packaged({ changeId: [refused.changeId] });
    expect(one.leaves.map(({ type }) => type)).toContain('ChangeRefused.v1');
  });

  it('are of the same population for the same query at the same position', async () => {
    const body = { environment: ['dev'], asOf: String(told.last) };
    const [first, second] = [await packaged(body), await packaged(body)];
    expect(second.done.id).not.toBe(first.done.id);
    expect(second.done.manifest.population).toEqual(first.done.manifest.population);
    expect(second.members['leaves.ndjson']).toBe(first.members['leaves.ndjson']);
    expect(first.done.manifest.population.hash).toBe(sha256(first.members['leaves.ndjson'] ?? ''));
  });

  it('are an event before they are handed out, and listed as what left the ledger', async () => {
    const { done } = await packaged({ environment: ['dev'], note: 'for the file', withhold: 'meta' });
    const { body } = await told.shop.auditor.get(`/v1/events/${done.event.eventId}`);
    expect(body).toMatchObject({
      type: 'EvidenceExported.v1',
      data: {
        ...{ id: done.id, what: 'evidence', format: 'zip', query: { environment: ['dev'], withhold: ['meta'] } },
        ...{ position: done.asOf, population: done.manifest.population, digest: done.manifest.sha256 },
      },
      remarks: { reason: 'for the file' },
    });
    const list = await told.shop.auditor.get<{ items: object[] }>(`/v1/exports?minPosition=${done.event.position}`);
    expect(list.body.items[0]).toMatchObject({ kind: 'export', facts: { id: done.id, what: 'evidence' } });
    const self = await told.shop.auditor.get(done.links.self);
    expect(self.body).toMatchObject({ status: 'done', manifest: done.manifest });
  });

  it('keep back what is to be withheld, and prove its place all the same', async () => {
    const { changeId } = changeOf('succeeded', 'staging');
    const { events, leaves } = await packaged({ changeId, withhold: ['remarks', 'all:ArtifactBaked.*'] });
    leaves.forEach(({ type }, index) => {
      const isBake = type === 'ArtifactBaked.v1';
      expect(events[index]?.withheld).toEqual(isBake ? ['data', 'meta', 'remarks'] : ['remarks']);
      expect(Object.keys(events[index]?.salts ?? {})).toEqual(isBake ? [] : ['data', 'meta']);
    });
  });

  it('have the leaf of every event in between where the range is asked for', async () => {
    const { changeId } = changeOf('succeeded', 'dev');
    const few = await packaged({ changeId });
    const { events, leaves, bytes } = await packaged({ changeId, completeness: 'range' });
    const positions = events.map(({ position }) => position);
    const [first = 0] = positions;
    expect(positions).toEqual(positions.map((_, index) => first + index));
    expect(leaves.length).toBeGreaterThan(few.leaves.length);
    const shown = events.filter(({ withheld }) => !withheld).map(({ position }) => position);
    expect(shown).toEqual(few.events.map(({ position }) => position));
    expect(strFromU8(unzipSync(bytes)['index.html']!)).toContain('No event between the first and the last');
  });

  it('can be of single events', async () => {
    const { leaves } = await packaged({ event: [rows[0]?.changeId, rows[1]?.changeId] });
    expect(leaves.map(({ id }) => id).sort()).toEqual([rows[0]?.changeId, rows[1]?.changeId].sort());
  });

  it('are the same one again under the same key, and no other', async () => {
    const headers = { 'idempotency-key': 'package-1' };
    const first = await start({ environment: ['dev'] }, headers);
    const second = await start({ environment: ['dev'] }, headers);
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const other = await start({ environment: ['staging'] }, headers);
    expect([other.status, other.body]).toMatchObject([422, { type: '/problems/key-reused' }]);
    const rowsOf = { what: 'changes', format: 'csv', environment: ['dev'] };
    const asRows = await told.shop.auditor.post('/v1/exports', rowsOf, { headers });
    expect(asRows.status).toBe(422);
  });

  const UNKNOWN = '0197a3c4-5d6e-7f80-9123-456789abcdef';
  it.each([
    ['no change at all', { environment: ['nowhere'] }, 'environment'],
    ['an unknown change', { changeId: UNKNOWN }, 'changeId'],
    ['an unknown event', { event: [UNKNOWN] }, 'event'],
    ['an event that is known and one that is not', { event: [UNKNOWN, 'known'] }, 'event'],
    ['a change and a filter', { changeId: UNKNOWN, environment: ['dev'] }, 'environment'],
    ['a change and an event', { changeId: UNKNOWN, event: UNKNOWN }, 'changeId'],
    ['a part that is none', { withhold: ['salts'] }, 'withhold'],
    ['a completeness that is none', { completeness: 'all' }, 'completeness'],
  ])('are not made of %s', async (_, body, field) => {
    const known = JSON.stringify(body).replace('"known"', JSON.stringify(rows[0]?.changeId));
    const answer = await start(JSON.parse(known) as object);
    expect([answer.status, answer.body]).toMatchObject([
      400,
      { type: '/problems/invalid-request', errors: [{ field }] },
    ]);
  });

  it('go on after a stop', async () => {
    const { body } = await start({}, { prefer: 'wait=0' });
    server = await server.restart();
    const answer = await server.admin.get<Package>(`/v1/exports/${body.id}`);
    expect(['waiting', 'running', 'done']).toContain(answer.body.status);
    for (let tries = 0; tries < 100; tries++) {
      const { body: now } = await server.admin.get<Package>(`/v1/exports/${body.id}`);
      if (now.status === 'done') return expect(now.manifest.rows).toBeGreaterThan(rows.length);
      expect(now.status).not.toBe('failed');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('it did not go on');
  });
});
