import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { LOOSEST_POLICY } from '../../../src/domain/environment/policy.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { pemOf } from '../../support/statements.js';
import { startTestServer, type TestServer } from '../support/server.js';

const KEY = pemOf(generateKeyPairSync('ed25519').publicKey);

interface List {
  items: Record<string, unknown>[];
}

describeOnEveryDatabase('fences that somebody loosened', (url) => {
  let server: TestServer;
  let keyId: string;
  const strict = { ...LOOSEST_POLICY, soak: 'PT24H', strategies: ['blue-green'] };
  const listed = async (query = '') => (await server.admin.get<List>(`/v1/exceptions?order=asc${query}`)).body.items;

  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    const { admin } = server;
    const shop = { name: 'Shop', mayBake: ['shop-*'], mayPromoteTo: ['staging'] };
    await admin.post('/v1/environments', { name: 'production', tier: 'production', policy: strict });
    const put = (policy: object, revision: number, reason: string) =>
      admin.put('/v1/environments/production/policy', { policy, reason }, { headers: { 'if-match': `"${revision}"` } });
    expect((await put({ ...strict, soak: 'PT1H' }, 0, 'A day is too long for a hotfix.')).status).toBe(200);
    expect((await put(strict, 1, 'Back to a day.')).status).toBe(200);
    await admin.post('/v1/pipelines', { id: 'shop', ...shop });
    await admin.put('/v1/pipelines/shop', { ...shop, mayBake: ['*'], reason: 'It builds bases as well.' });
    await admin.post('/v1/pipelines/shop/suspension', { reason: 'Its runner was broken into.' });
    await admin.post('/v1/pipelines/shop/reinstatement', { reason: 'A new runner.' });
    await admin.post('/v1/tokens', { subject: 'shop-ci', role: 'pipeline', pipeline: 'shop', reason: 'by hand' });
    await admin.post('/v1/tokens', { subject: 'ann', role: 'auditor' });
    keyId = (await admin.post<{ keyId: string }>('/v1/pipelines/shop/keys', { publicKey: KEY })).body.keyId;
  });
  afterAll(() => server.stop());

  it('are told with who and why, and what tightens is not', async () => {
    expect(await listed()).toMatchObject([
      {
        ...{ kind: 'policy-loosened', environment: 'production', actor: 'admin' },
        ...{ reason: 'A day is too long for a hotfix.', details: ['soak PT24H → PT1H'] },
      },
      { kind: 'registration-widened', pipeline: 'shop', reason: 'It builds bases as well.', details: ['may bake *'] },
      { kind: 'suspension-lifted', pipeline: 'shop', reason: 'A new runner.' },
      { kind: 'pipeline-token-issued', pipeline: 'shop', subject: 'shop-ci', details: ['does not expire'] },
      { kind: 'registration-widened', pipeline: 'shop', details: [`may sign with key ${keyId}`] },
    ]);
  });

  it('are found by kind, place and time, and each leads to its event', async () => {
    const kinds = async (query: string) => (await listed(query)).map(({ kind }) => kind);
    expect(await kinds('&environment=production')).toEqual(['policy-loosened']);
    expect(await kinds('&kind=suspension-lifted&kind=pipeline-token-issued')).toHaveLength(2);
    expect(await kinds('&pipeline=shop&to=2026-01-01T00:00:00Z')).toEqual([]);
    const [loosened] = await listed('&kind=policy-loosened');
    const event = await server.admin.get(`/v1/events/${String(loosened?.['eventId'])}`);
    expect(event.body).toMatchObject({ type: 'PolicyChanged.v1', position: loosened?.['position'] });
  });

  it('are told as they were known at a position', async () => {
    const [first] = await listed();
    const before = Number(first?.['position']) - 1;
    expect(await listed(`&asOf=${before}`)).toEqual([]);
    expect(await listed(`&asOf=${before + 1}`)).toHaveLength(1);
  });
});
