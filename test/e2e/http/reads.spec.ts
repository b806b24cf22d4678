import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Page {
  position: number;
  window: { from: string | null; to: string | null; clock: string };
  total?: number;
  next?: string;
  items: { changeId: string; digest: string }[];
}

describeOnEveryDatabase('reads', (url) => {
  let server: TestServer;
  let shop: Shop;
  /** Positions after each promotion of three versions of one service. */
  const positions: number[] = [];
  const digests = ['v1', 'v2', 'v3'].map(digestOf);
  const days = ['2026-01-01T10:00:00Z', '2026-01-02T10:00:00Z', '2026-01-03T10:00:00Z'];
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    shop = await setUpShop(server);
    for (const [index, digest] of digests.entries()) {
      const occurredAt = days[index];
      await shop.pipeline.post('/v1/artifacts', bakeOf(digest, 'shop-api', { occurredAt }));
      const body = promotionOf(digest, { occurredAt });
      const promoted = await shop.pipeline.post<{ position: number }>('/v1/environments/dev/promotions', body);
      positions.push(promoted.body.position);
    }
    await shop.auditor.get(`/v1/changes?minPosition=${String(positions[2])}`);
  });
  afterAll(() => server.stop());

  const knownGood = (query: string) => shop.auditor.get(`/v1/environments/dev/known-good${query}`);

  it('answer the state as of a position, immutably', async () => {
    for (const [index, position] of positions.entries()) {
      const { body, headers } = await knownGood(`?asOf=${position}`);
      expect(body).toMatchObject({ position, services: [{ digest: digests[index] }] });
      expect(headers.get('cache-control')).toMatch(/immutable/);
    }
    expect((await knownGood(`?asOf=${(positions[0] ?? 0) - 1}`)).body).toMatchObject({ services: [], revision: 0 });
  });

  it('answer the state as of a time of the ledger, and by the pipelines’ clocks', async () => {
    const event = await shop.auditor.get<{ items: { recordedAt: string; position: number }[] }>(
      `/v1/events?asOf=${String(positions[1])}&limit=1`,
    );
    const { recordedAt } = event.body.items[0] ?? { recordedAt: '' };
    const asOf = await knownGood(`?asOf=${recordedAt}`);
    expect(asOf.body).toMatchObject({ asOf: recordedAt, position: expect.any(Number) });
    expect(asOf.headers.get('cache-control')).not.toMatch(/immutable/);
    const occurredBy = await knownGood('?occurredBy=2026-01-02T23:00:00%2B01:00');
    expect(occurredBy.body).toMatchObject({
      occurredBy: '2026-01-02T22:00:00.000Z',
      services: [{ digest: digests[1] }],
    });
    const both = await knownGood(`?occurredBy=2026-01-02T22:00:00Z&asOf=${String(positions[0])}`);
    expect(both.body).toMatchObject({ services: [{ digest: digests[0] }] });
  });

  it.each([
    ['a time before genesis', '?asOf=2001-01-01T00:00:00Z'],
    ['a time to come', '?asOf=2999-01-01T00:00:00Z'],
    ['a position to come', '?asOf=999999'],
    ['an occurrence to come', '?occurredBy=2999-01-01T00:00:00Z'],
    ['an occurrence before the first', '?occurredBy=1999-01-01T00:00:00Z'],
    ['a minPosition to come', '?minPosition=999999'],
  ])('have no answer for %s', async (_what, query) => {
    const { status, body } = await knownGood(query);
    expect([status, body['type']]).toEqual([400, '/problems/invalid-moment']);
  });

  it('carry a strong ETag and answer 304 to who has it', async () => {
    const first = await knownGood('');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[A-Za-z0-9_-]+"$/);
    const again = await shop.auditor.get('/v1/environments/dev/known-good', { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([304, '']);
    const other = await shop.auditor.get('/v1/environments/dev/known-good', { headers: { 'if-none-match': '"x"' } });
    expect([other.status, other.headers.get('etag')]).toEqual([200, etag]);
  });

  it('page by a cursor that stays at its position', async () => {
    const first = await shop.auditor.get<Page>('/v1/changes?kind=promotion&limit=2&total=true');
    expect(first.body).toMatchObject({ total: 3, window: { from: null, to: null, clock: 'recorded' } });
    expect(first.body.items.map(({ digest }) => digest)).toEqual([digests[2], digests[1]]);
    const link = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    await shop.pipeline.post('/v1/artifacts', bakeOf(digestOf('v4'), 'other'));
    await shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(digestOf('v4')));
    const second = await shop.auditor.get<Page>(link);
    expect(second.body.items.map(({ digest }) => digest)).toEqual([digests[0]]);
    expect([second.body.position, second.body.next, second.headers.get('link')]).toEqual([
      first.body.position,
      undefined,
      null,
    ]);
    const other = await shop.auditor.get(`/v1/changes?kind=bake&cursor=${first.body.next ?? ''}`);
    expect([other.status, other.body['type']]).toEqual([400, '/problems/invalid-cursor']);
  });

  it('filter by repeated parameters and echo the window', async () => {
    const query = `digest=${String(digests[0])}&digest=${String(digests[1])}&kind=promotion&order=asc`;
    const { body } = await shop.auditor.get<Page>(`/v1/changes?${query}`);
    expect(body.items.map(({ digest }) => digest)).toEqual(digests.slice(0, 2));
    const window = 'clock=occurred&from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z&kind=promotion';
    const inWindow = await shop.auditor.get<Page>(`/v1/changes?${window}`);
    expect(inWindow.body.items.map(({ digest }) => digest)).toEqual([digests[1]]);
    const { from, to } = { from: '2026-01-02T00:00:00.000Z', to: '2026-01-03T00:00:00.000Z' };
    expect(inWindow.body.window).toEqual({ from, to, clock: 'occurred', on: 'started' });
  });

  it('tell two moments and two environments apart', async () => {
    const moments = await shop.auditor.get(
      `/v1/environments/dev/diff?from=${String(positions[0])}&to=${String(positions[2])}`,
    );
    expect(moments.body).toMatchObject({
      identical: false,
      from: { position: positions[0], services: 1 },
      to: { position: positions[2] },
      added: [],
      removed: [],
      changed: [{ service: 'shop-api', from: { digest: digests[0] }, to: { digest: digests[2] } }],
    });
    const occurred = 'clock=occurred&from=2026-01-01T00:00:00Z&to=2026-01-01T12:00:00Z';
    expect((await shop.auditor.get(`/v1/environments/dev/diff?${occurred}`)).status).toBe(400);
    const against = await shop.auditor.get('/v1/environments/dev/diff?against=staging');
    expect(against.body).toMatchObject({
      identical: false,
      removed: expect.arrayContaining([]),
      added: [],
    });
    expect((await shop.auditor.get('/v1/environments/dev/diff?against=dev')).body).toMatchObject({ identical: true });
  });

  it('see a write whose receipt they name', async () => {
    for (let round = 0; round < 20; round++) {
      const digest = digestOf(`seen ${round}`);
      const { position } = (await shop.pipeline.post<{ position: number }>('/v1/artifacts', bakeOf(digest))).body;
      expect((await shop.auditor.get(`/v1/artifacts/${digest}?minPosition=${position}`)).status).toBe(200);
    }
  });
});

describeOnEveryDatabase('a policy', (url) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    await server.admin.post('/v1/environments', { name: 'dev', tier: 'development' });
  });
  afterAll(() => server.stop());

  it('is changed by who has it in view', async () => {
    const path = '/v1/environments/dev/policy';
    const body = { policy: { soak: 'PT1H' }, reason: 'slower' };
    const put = (etag?: string) =>
      server.admin.put(path, body, etag === undefined ? {} : { headers: { 'if-match': etag } });
    const before = await server.admin.get(`${path}?minPosition=1`);
    expect(before.headers.get('etag')).toBe('"0"');
    expect((await put()).status).toBe(428);
    expect((await put('"7"')).status).toBe(412);
    expect((await put('W/"0"')).status).toBe(412);
    const changed = await put('"0"');
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"1"']);
    expect((await put('"0"')).status).toBe(412);
    const { position } = changed.body as { position: number };
    const after = await server.admin.get(`${path}?minPosition=${position}`);
    expect(after.headers.get('etag')).toBe('"1"');
    expect(after.body).toMatchObject({
      revision: 1,
      actor: 'admin',
      reason: 'slower',
      policy: { soak: 'PT1H', bases: 'any' },
    });
    const past = await server.admin.get(`${path}?asOf=${position - 1}`);
    expect(past.body).toMatchObject({ revision: 0, policy: { soak: 'PT0S' } });
    expect((await put('*')).status).toBe(200);
  });
});
