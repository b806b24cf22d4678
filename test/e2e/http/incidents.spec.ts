import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

const STARTED = '2026-01-05T10:00:00Z';

describeOnEveryDatabase('incidents', (url) => {
  let server: TestServer;
  let shop: Shop;
  let changeId: string;
  let mendingId: string;
  /** Of the incidents that blame a change: they cannot have begun before it. */
  let started: string;
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    shop = await setUpShop(server);
    const digest = digestOf('blamed');
    await shop.pipeline.post('/v1/artifacts', bakeOf(digest));
    const promoted = await shop.pipeline.post<{ changeId: string }>(
      '/v1/environments/dev/promotions',
      promotionOf(digest),
    );
    changeId = promoted.body.changeId;
    const next = digestOf('mending');
    await shop.pipeline.post('/v1/artifacts', bakeOf(next));
    const mending = await shop.pipeline.post<{ changeId: string }>(
      '/v1/environments/dev/promotions',
      promotionOf(next),
    );
    mendingId = mending.body.changeId;
    started = new Date().toISOString();
  });
  afterAll(() => server.stop());

  const report = (body: object, headers: Record<string, string> = {}) =>
    shop.approver.post<{ id: string; position: number }>(
      '/v1/incidents',
      { severity: 'P2', startedAt: started, ...body },
      { headers },
    );
  const get = (id: string, query = '') => server.admin.get(`/v1/incidents/${id}${query}`);

  it('take their place from the change that they blame, and are told as of any position', async () => {
    const reported = await report({ id: 'INC-1', change: changeId, ticket: 'T-1', reason: 'it is slow' });
    expect([reported.status, reported.headers.get('location')]).toEqual([201, '/v1/incidents/INC-1']);
    const resolvedAt = new Date().toISOString();
    const resolved = await shop.pipeline.post<{ position: number }>('/v1/incidents/INC-1/resolution', {
      resolvedAt,
      mendedBy: mendingId,
    });
    expect(resolved.status).toBe(201);
    const open = await get('INC-1', `?asOf=${reported.body.position}`);
    expect(open.body).toMatchObject({
      status: 'open',
      changeId,
      environment: 'dev',
      service: 'shop-api',
      ticket: 'T-1',
    });
    expect(open.body).not.toHaveProperty('mendedBy');
    const closed = await get('INC-1', `?minPosition=${resolved.body.position}`);
    expect(closed.body).toMatchObject({
      status: 'resolved',
      resolvedAt,
      mendedBy: mendingId,
    });
    const blaming = await server.admin.get<{ items: { id: string }[] }>(`/v1/incidents?changeId=${changeId}`);
    expect(blaming.body.items.map(({ id }) => id)).toEqual(['INC-1']);
  });

  it('may blame nothing, and name the change at their resolution', async () => {
    await report({ id: 'INC-2', environment: 'dev' });
    const before = await server.admin.get(`/v1/incidents/INC-2`);
    expect(before.body).not.toHaveProperty('changeId');
    await shop.approver.post('/v1/incidents/INC-2/resolution', { change: changeId });
    expect((await get('INC-2')).body).toMatchObject({ status: 'resolved', changeId });
  });

  it('blame changes that there are, in the environment where they were', async () => {
    const unknown = await report({ id: 'INC-3', change: '0197a3c4-5d6e-7f80-9123-456789abcdef' });
    expect([unknown.status, unknown.body]).toMatchObject([422, { type: '/problems/invalid-reference' }]);
    const elsewhere = await report({ id: 'INC-3', change: changeId, environment: 'production' });
    expect(elsewhere.status).toBe(422);
    expect((await get('INC-3')).status).toBe(404);
  });

  it('are resolved once, and not before they began', async () => {
    await report({ id: 'INC-4', startedAt: STARTED });
    const early = await shop.approver.post('/v1/incidents/INC-4/resolution', { resolvedAt: '2026-01-05T09:59:59Z' });
    expect(early.status).toBe(422);
    expect((await shop.approver.post('/v1/incidents/INC-4/resolution', {})).status).toBe(201);
    const again = await shop.approver.post('/v1/incidents/INC-4/resolution', {});
    expect([again.status, again.body]).toMatchObject([409, { type: '/problems/incident-not-open' }]);
    expect((await shop.approver.post('/v1/incidents/INC-none/resolution', {})).status).toBe(404);
    expect((await report({ id: 'INC-4' })).status).toBe(409);
  });

  it('get the same id and answer for the same key', async () => {
    const headers = { 'idempotency-key': 'incident-1' };
    const first = await report({ change: changeId }, headers);
    const second = await report({ change: changeId }, headers);
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const other = await report({ change: changeId, severity: 'P1' }, headers);
    expect([other.status, other.body]).toMatchObject([422, { type: '/problems/key-reused' }]);
  });

  it('are told by pipelines and approvers, and of what has happened', async () => {
    for (const caller of [shop.auditor, server.admin]) {
      expect((await caller.post('/v1/incidents', { severity: 'P1', startedAt: STARTED })).status).toBe(403);
    }
    const ahead = new Date(Date.now() + 10 * 60_000).toISOString();
    expect((await report({ startedAt: ahead })).status).toBe(400);
    expect((await report({ occurredAt: ahead })).status).toBe(400);
    expect((await report({ severity: 'P9' })).status).toBe(400);
  });

  it('come in with history', async () => {
    const at = { occurredAt: STARTED };
    const [old, next] = [digestOf('old'), digestOf('next')];
    const promote = { command: 'promote', pipeline: 'shop', environment: 'dev', ...at };
    const changes = await server.admin.import([
      { command: 'bake', pipeline: 'shop', ...at, ...bakeOf(old, 'bank-api') },
      { command: 'bake', pipeline: 'shop', ...at, ...bakeOf(next, 'bank-api') },
      { ...promote, ...promotionOf(old) },
      { ...promote, ...promotionOf(next) },
    ]);
    expect(changes.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    const [change, mendedBy] = changes.slice(2).map((answer) => answer['eventId']);
    const incident = { command: 'report-incident', severity: 'P3', startedAt: STARTED, ...at };
    const answers = await server.admin.import([
      { ...incident, id: 'OLD-1', change },
      { command: 'resolve-incident', id: 'OLD-1', mendedBy, occurredAt: '2026-01-06T10:00:00Z' },
      { command: 'report-incident', severity: 'P3', startedAt: STARTED },
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'invalid']);
    const found = await get('OLD-1', `?minPosition=${String(answers[1]?.['position'])}`);
    expect(found.body).toMatchObject({ status: 'resolved', resolvedAt: '2026-01-06T10:00:00.000Z', mendedBy });
  });

  it('are no word on changes that cannot have caused or mended them, or on places that are none', async () => {
    const faults = [
      { change: changeId, startedAt: STARTED },
      { change: changeId, service: 'bank-api' },
      { environment: 'nowhere' },
    ];
    for (const fault of faults) {
      const { status, body } = await report({ id: 'INC-5', ...fault });
      expect([fault, status, body]).toMatchObject([fault, 422, { type: '/problems/invalid-reference' }]);
    }
    await report({ id: 'INC-6', change: changeId });
    const itself = await shop.approver.post('/v1/incidents/INC-6/resolution', { mendedBy: changeId });
    expect([itself.status, itself.body]).toMatchObject([422, { type: '/problems/invalid-reference' }]);
  });

  it('are listed by how they stood, and by when they began', async () => {
    const list = (query: string) =>
      server.admin.get<{ total: number; window: object; items: { id: string }[] }>(
        `/v1/incidents?total=true&order=asc&${query}`,
      );
    await report({ id: 'STOOD-1', severity: 'P4', startedAt: '2026-01-01T00:00:00Z' });
    await report({ id: 'STOOD-2', severity: 'P4', startedAt: '2026-01-02T00:00:00Z' });
    const resolved = await shop.approver.post<{ position: number }>('/v1/incidents/STOOD-1/resolution', {});
    const { position } = resolved.body;
    const idsOf = async (query: string) => {
      const { body } = await list(`severity=P4&${query}`);
      expect(body.total).toBe(body.items.length);
      return body.items.map(({ id }) => id);
    };
    expect(await idsOf(`status=open&asOf=${position}`)).toEqual(['STOOD-2']);
    expect(await idsOf(`status=resolved&asOf=${position}`)).toEqual(['STOOD-1']);
    expect(await idsOf(`status=open&asOf=${position - 1}`)).toEqual(['STOOD-1', 'STOOD-2']);
    expect(await idsOf(`status=resolved&asOf=${position - 1}`)).toEqual([]);
    expect(await idsOf('from=2026-01-02T00:00:00Z')).toEqual(['STOOD-2']);
    expect(await idsOf('to=2026-01-02T00:00:00Z')).toEqual(['STOOD-1']);
    const { body } = await list('severity=P4&limit=1&to=2026-02-01T00:00:00Z');
    expect(body).toMatchObject({ total: 2, items: [{ id: 'STOOD-1' }], window: { from: null, clock: 'occurred' } });
    expect((await list('from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z')).status).toBe(400);
  });

  it('are refused to pipelines that are suspended or bounded, by the door and by the import', async () => {
    const { admin } = server;
    await admin.post('/v1/pipelines', { id: 'bank', name: 'Bank', mayBake: ['bank-*'], mayPromoteTo: ['dev:bank-*'] });
    const bank = await server.as('pipeline', 'bank');
    const blaming = { severity: 'P1', startedAt: started, change: changeId };
    const outside = await bank.post<{ eventId: string }>('/v1/incidents', { id: 'INC-7', ...blaming });
    expect([outside.status, outside.body]).toMatchObject([403, { type: '/refusals/pipeline-not-permitted' }]);
    const refusal = await admin.get(`/v1/events/${outside.body.eventId}`);
    expect(refusal.body).toMatchObject({
      type: 'ChangeRefused.v1',
      data: {
        ...{ command: 'report-incident', environment: 'dev' },
        subject: { pipeline: 'bank', service: 'shop-api', changeId },
      },
    });
    expect((await bank.post('/v1/incidents', { severity: 'P1', startedAt: started })).status).toBe(201);
    const line = { command: 'report-incident', occurredAt: started, ...blaming };
    const imported = await admin.import([
      { ...line, id: 'INC-7', pipeline: 'bank' },
      { ...line, id: 'INC-8' },
    ]);
    expect(imported.map(({ status }) => status)).toEqual(['refused', 'accepted']);
    expect((await bank.post('/v1/incidents/INC-8/resolution', {})).status).toBe(403);
    await admin.post('/v1/pipelines/bank/suspension', { reason: 'its token leaked' });
    const suspended = await bank.post('/v1/incidents', { severity: 'P1', startedAt: started });
    expect([suspended.status, suspended.body]).toMatchObject([403, { type: '/refusals/pipeline-suspended' }]);
  });
});
