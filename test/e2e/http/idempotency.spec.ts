import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

describe('an Idempotency-Key', () => {
  let server: TestServer;
  let shop: Shop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await setUpShop(server);
  });
  afterAll(() => server.stop());

  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

  it('gives the same answer again and writes nothing more', async () => {
    const body = bakeOf(digestOf('again'));
    const first = await shop.pipeline.post('/v1/artifacts', body, keyed('bake-1'));
    const head = (await server.api().get('/health/ready')).body['head'];
    const second = await shop.pipeline.post('/v1/artifacts', body, keyed('bake-1'));
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(first.headers.has('idempotent-replayed')).toBe(false);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect((await server.api().get('/health/ready')).body['head']).toBe(head);
  });

  it('gives the same refusal again, even when the change would be allowed by now', async () => {
    const digest = digestOf('refused first');
    const promote = (key: string) =>
      shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(digest, { service: 'late' }), keyed(key));
    const first = await promote('promote-1');
    expect([first.status, first.body['reason']]).toEqual([422, 'artifact-unknown']);
    await shop.pipeline.post('/v1/artifacts', bakeOf(digest, 'late'));
    const second = await promote('promote-1');
    expect([second.status, second.body]).toEqual([422, first.body]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect((await promote('promote-2')).status).toBe(201);
  });

  it('is refused with another body, and belongs to its caller alone', async () => {
    const key = keyed('bake-2');
    await shop.pipeline.post('/v1/artifacts', bakeOf(digestOf('first body')), key);
    const other = await shop.pipeline.post('/v1/artifacts', bakeOf(digestOf('other body')), key);
    expect([other.status, other.body['type']]).toEqual([422, '/problems/key-reused']);
    const colleague = await server.as('pipeline', 'shop');
    expect((await colleague.post('/v1/artifacts', bakeOf(digestOf('other body')), key)).status).toBe(201);
  });

  it('holds for two requests at the same time', async () => {
    const body = bakeOf(digestOf('at once'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => shop.pipeline.post('/v1/artifacts', body, keyed('bake-3'))),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1);
  });
});
