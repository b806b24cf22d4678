import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from './fixtures.js';
import type { Api, TestServer } from './server.js';

interface KnownGood {
  revision: number;
  position: number;
  fingerprint: string;
  services: { service: string; digest: string; deprecated: string[] }[];
}

/** The story that a server tells whatever its events and views are kept in. */
export function describeHappyPath(where: string, start: () => Promise<TestServer>): void {
  describe(`a change from bake to known-good, ${where}`, () => {
    let server: TestServer;
    let shop: Shop;
    beforeAll(async () => {
      server = await start();
      shop = await setUpShop(server);
    });
    afterAll(() => server.stop());

    const ok = async (answer: ReturnType<Api['post']>) => {
      const { status, body, text } = await answer;
      if (status !== 201) throw new Error(`${status} ${text}`);
      return body as { eventId: string; stream: string; revision: number; position: number; changeId: string };
    };
    const liveIn = async (environment: string, minPosition: number) =>
      (await shop.auditor.get<KnownGood>(`/v1/environments/${environment}/known-good?minPosition=${minPosition}`)).body;

    it('goes live at once and is known-good', async () => {
      const digest = digestOf('one');
      const baked = await shop.pipeline.post('/v1/artifacts', bakeOf(digest));
      expect(baked.status).toBe(201);
      expect(baked.headers.get('location')).toBe(`/v1/artifacts/${digest}`);
      expect(baked.body).toEqual({
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        stream: `artifact-${digest.replace(':', '-')}`,
        revision: 0,
        position: expect.any(Number),
        recordedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      });
      const promoted = await ok(shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(digest)));
      expect(promoted.changeId).toBe(promoted.eventId);
      const state = await liveIn('dev', promoted.position);
      expect(state).toMatchObject({ environment: 'dev', revision: promoted.revision, position: promoted.position });
      expect(state.services).toMatchObject([{ service: 'shop-api', component: 'shop-api', digest, deprecated: [] }]);
    });

    it('goes blue/green: candidate, validation, switch, retirement', async () => {
      const [old, next] = [digestOf('blue'), digestOf('green')];
      const base = '/v1/environments/dev';
      for (const digest of [old, next]) await ok(shop.pipeline.post('/v1/artifacts', bakeOf(digest, 'cart')));
      await ok(shop.pipeline.post(`${base}/promotions`, promotionOf(old)));
      const blueGreen = promotionOf(next, { strategy: 'blue-green' });
      const { changeId } = await ok(shop.pipeline.post(`${base}/promotions`, blueGreen));
      const early = await shop.pipeline.post(`${base}/promotions/${changeId}/switch`, {});
      expect([early.status, early.body['reason']]).toEqual([409, 'candidate-not-validated']);
      await ok(shop.pipeline.post(`${base}/promotions/${changeId}/validation`, { result: 'passed' }));
      const switched = await ok(shop.pipeline.post(`${base}/promotions/${changeId}/switch`));
      expect(switched.changeId).toBe(changeId);
      const cart = (await liveIn('dev', switched.position)).services.find(({ service }) => service === 'cart');
      expect(cart).toMatchObject({ digest: next, deprecated: [old] });
      const retired = await ok(
        shop.pipeline.post(`${base}/retirements`, { service: 'cart', digest: old, reason: 'done' }),
      );
      const after = (await liveIn('dev', retired.position)).services.find(({ service }) => service === 'cart');
      expect(after).toMatchObject({ digest: next, deprecated: [] });
      const change = await shop.auditor.get(`/v1/changes/${changeId}?minPosition=${retired.position}`);
      expect(change.body).toMatchObject({ outcome: 'succeeded', kind: 'promotion', replaced: old });
    });

    it('rolls back, by a pipeline and by an approver as a person', async () => {
      const base = '/v1/environments/dev';
      const digests = ['r1', 'r2', 'r3'].map(digestOf);
      for (const digest of digests) {
        await ok(shop.pipeline.post('/v1/artifacts', bakeOf(digest, 'mail')));
        await ok(shop.pipeline.post(`${base}/promotions`, promotionOf(digest)));
      }
      await ok(shop.pipeline.post(`${base}/rollbacks`, { service: 'mail', reason: 'it fails' }));
      const byPerson = await ok(shop.approver.post(`${base}/rollbacks`, { service: 'mail', reason: 'that too' }));
      const mail = (await liveIn('dev', byPerson.position)).services.find(({ service }) => service === 'mail');
      expect(mail?.digest).toBe(digests[0]);
      const event = await shop.auditor.get<{ meta: { pipeline?: string } }>(`/v1/events/${byPerson.eventId}`);
      expect(event.body.meta.pipeline).toBeUndefined();
    });

    it('refuses what no pipeline baked, and writes that down', async () => {
      const digest = digestOf('nobody baked this');
      const refused = await shop.pipeline.post(
        '/v1/environments/production/promotions',
        promotionOf(digest, { service: 'x' }),
      );
      expect(refused.status).toBe(422);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
      expect(refused.body).toMatchObject({
        type: '/refusals/artifact-unknown',
        status: 422,
        reason: 'artifact-unknown',
        rule: expect.any(String),
        hint: expect.any(String),
      });
      const event = await shop.auditor.get(`/v1/events/${String(refused.body['eventId'])}`);
      expect(event.body).toMatchObject({ type: 'ChangeRefused.v1', data: { reason: 'artifact-unknown' } });
      const position = (event.body as { position: number }).position;
      const list = await shop.auditor.get(`/v1/changes?digest=${digest}&minPosition=${position}&total=true`);
      expect(list.body).toMatchObject({ total: 1, items: [{ outcome: 'refused', reason: 'artifact-unknown' }] });
    });

    it('tells where an artifact is and was, and keeps it over a restart', async () => {
      const digest = digestOf('one');
      const before = await shop.auditor.get(`/v1/artifacts/${digest}`);
      expect(before.body).toMatchObject({ digest, whereabouts: [{ environment: 'dev', status: 'live' }] });
      server = await server.restart();
      const reader = server.api(shop.auditor.token);
      const after = await reader.get(`/v1/artifacts/${digest}?asOf=${String(before.body['position'])}`);
      expect(after.body).toEqual(before.body);
      expect((await reader.get('/health/ready')).status).toBe(200);
    });
  });
}
