import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bakeOf, digestOf, promotionOf } from '../support/fixtures.js';
import { tellPopulation, type Told } from '../support/population.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Sample {
  eventId: string;
  asOf: number;
  seed: string;
  count: number;
  isWhole: boolean;
  population: { count: number; hash: string };
  populationMatches?: boolean;
  allocation?: { stratum: string | null; population: number; size: number }[];
  items: { changeId: string; key: string; outcome: string; environment?: string }[];
}

describeOnEveryDatabase('samples', (url) => {
  let server: TestServer;
  let told: Told;
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    told = await tellPopulation(server, 12);
  });
  afterAll(() => server.stop());

  const draw = (body: object, headers = {}) =>
    told.shop.auditor.post<Sample>(
      '/v1/samples',
      { what: 'changes', minPosition: String(told.last), ...body },
      { headers },
    );
  const population = async (query: string) =>
    (await told.shop.auditor.get<{ items: Sample['items'] }>(`/v1/changes?limit=500&${query}`)).body.items;

  it('are what anybody gets who ranks the population by SHA-256 of seed and change', async () => {
    const { status, headers, body } = await draw({ size: 9, seed: '2026-Q1', environment: ['dev', 'staging'] });
    expect([status, headers.get('location')]).toEqual([201, `/v1/samples/${body.eventId}`]);
    const rows = await population(`environment=dev&environment=staging&asOf=${body.asOf}`);
    const key = ({ changeId }: { changeId: string }) =>
      createHash('sha256').update(`2026-Q1:${changeId}`).digest('hex');
    const expected = rows.map((row) => ({ ...row, key: key(row) })).sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(body.items).toEqual(expected.slice(0, 9));
    expect(body).toMatchObject({ count: 9, isWhole: false, population: { count: rows.length } });
  });

  it('are drawn again from their event, also when the ledger has grown', async () => {
    const drawn = (await draw({ size: 7, stratifyBy: 'outcome', note: 'walkthrough' })).body;
    expect(drawn.seed).toMatch(/^[0-9a-f]{32}$/);
    const digest = digestOf('later');
    await told.shop.pipeline.post('/v1/artifacts', bakeOf(digest));
    const { body: later } = await told.shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(digest));
    const again = await told.shop.auditor.get<Sample>(
      `/v1/samples/${drawn.eventId}?minPosition=${String(later['position'])}`,
    );
    expect(again.body).toMatchObject({ populationMatches: true, seed: drawn.seed, asOf: drawn.asOf });
    expect(again.body.items).toEqual(drawn.items);
    expect(again.body.allocation).toEqual(drawn.allocation);
    const list = await told.shop.auditor.get<{ items: { eventId: string }[] }>('/v1/samples');
    expect(list.body.items.map(({ eventId }) => eventId)).toContain(drawn.eventId);
    const event = await told.shop.auditor.get(`/v1/events/${drawn.eventId}`);
    expect(event.body).toMatchObject({
      type: 'SampleDrawn.v1',
      data: { seed: drawn.seed, size: 7, stratifyBy: 'outcome', position: drawn.asOf, population: drawn.population },
      remarks: { reason: 'walkthrough' },
    });
  });

  it('take from each stratum in proportion, and all where there are no more', async () => {
    const { body } = await draw({ size: 12, seed: 'x', stratifyBy: 'environment' });
    const shares = body.allocation ?? [];
    expect(shares.map(({ stratum }) => stratum)).toEqual(['dev', 'production', 'staging']);
    for (const { stratum, size } of shares) {
      expect(body.items.filter(({ environment }) => environment === stratum)).toHaveLength(size);
    }
    const whole = (await draw({ size: 1_000, outcome: 'failed' })).body;
    expect(whole).toMatchObject({ isWhole: true, count: whole.population.count });
    expect(whole.items.every(({ outcome }) => outcome === 'failed')).toBe(true);
    expect((await draw({ size: 3, environment: ['nowhere'] })).body).toMatchObject({
      count: 0,
      isWhole: true,
      items: [],
    });
  });

  it('are the same for the same key, and a problem for another request under it', async () => {
    const headers = { 'idempotency-key': 'sample-1' };
    const first = await draw({ size: 5 }, headers);
    await draw({ size: 1 });
    const second = await draw({ size: 5 }, headers);
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(second.body).toEqual(first.body);
    expect((await draw({ size: 6 }, headers)).status).toBe(422);
  });

  it('are drawn once by requests that come at once under one key', async () => {
    const headers = { 'idempotency-key': 'sample-at-once' };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => draw({ size: 5 }, headers)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
    const fresh = answers.filter(({ headers }) => headers.get('idempotent-replayed') === null);
    expect(fresh).toHaveLength(1);
  });

  it.each([
    [{ size: 0 }, 'size'],
    [{ size: 1_001 }, 'size'],
    [{ size: '5' }, 'size'],
    [{ size: 5, seed: 'a b' }, 'seed'],
    [{ size: 5, seed: 'x'.repeat(101) }, 'seed'],
    [{ size: 5, stratifyBy: 'actor' }, 'stratifyBy'],
    [{ size: 5, what: 'events' }, 'what'],
    [{ size: 5, environment: [] }, 'environment'],
    [{ size: 5, outcome: 'good' }, 'outcome'],
    [{ size: 5, limit: '5' }, 'limit'],
    [{ size: 5, from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'from'],
  ])('are not drawn for %j', async (body, field) => {
    const answer = await draw(body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`"field":"${field}"`)]);
  });

  it('are drawn by auditors and admins, and there is none of another id', async () => {
    for (const api of [told.shop.pipeline, told.shop.approver]) {
      expect((await api.post('/v1/samples', { what: 'changes', size: 1 })).status).toBe(403);
    }
    expect((await server.admin.post('/v1/samples', { what: 'changes', size: 1 })).status).toBe(201);
    expect((await server.admin.get('/v1/samples/0197a3c4-5d6e-7f80-9123-456789abcdef')).status).toBe(404);
  });
});
