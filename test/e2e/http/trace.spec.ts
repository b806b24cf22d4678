import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ArtifactTrace, CommitTrace } from '../../../src/reports/trace/trace.js';
import { bakeOf, digestOf } from '../support/fixtures.js';
import { commits, liveALife, type Life } from '../support/life.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

describeOnEveryDatabase('GET /v1/trace', (url) => {
  let server: TestServer;
  let life: Life;
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    life = await liveALife(server);
  });
  afterAll(() => server.stop());

  const traceCommit = async (commit: string, query = '') =>
    life.shop.auditor.get<CommitTrace>(`/v1/trace/commits/${encodeURIComponent(commit)}${query}`);

  it('tells everything that a commit reached, through its bases, and where that is and was', async () => {
    const { digests, changes } = life;
    const { body } = await traceCommit(commits.base);
    expect(body.artifacts.map(({ digest, depth }) => [digest, depth])).toEqual([
      [digests.base, 0],
      [digests.old, 1],
      [digests.next, 1],
    ]);
    const next = body.artifacts.find(({ digest }) => digest === digests.next);
    expect(next).toMatchObject({ commit: commits.next, base: digests.base, refusals: 3, revoked: false });
    expect(next?.stays).toMatchObject([
      { environment: 'production', status: 'ended', endedBy: 'rolled-back', changeId: changes['start'] },
      { environment: 'staging', status: 'live' },
      { environment: 'dev', status: 'live' },
    ]);
    expect(body.live.map(({ environment, digest }) => [environment, digest]).sort()).toEqual([
      ['dev', digests.next],
      ['production', digests.old],
      ['staging', digests.next],
    ]);
    expect(body.bounds.isCut).toBe(false);
  });

  it('is asked at a position, of one repository, and of commits as they are written', async () => {
    const { positions, digests } = life;
    const early = await traceCommit(commits.base, `?asOf=${positions['oldBake']}`);
    expect(early.body.artifacts.map(({ digest }) => digest)).toEqual([digests.base, digests.old]);
    expect(early.body.live).toEqual([]);
    expect(early.headers.get('cache-control')).toMatch(/immutable/);
    const repository = encodeURIComponent('https://git.example/shop');
    expect((await traceCommit(commits.next, `?repository=${repository}`)).body.artifacts).toHaveLength(1);
    expect((await traceCommit(commits.next, '?repository=elsewhere')).status).toBe(404);
    expect((await traceCommit('nothing')).status).toBe(404);
    expect((await traceCommit(commits.next, '?asOf=0')).status).toBe(404);
    expect((await traceCommit('x'.repeat(201))).status).toBe(400);
    const odd = 'a/b c%d?';
    const bake = bakeOf(digestOf('odd commit'), 'odd', { source: { repository: 'r', commit: odd } });
    const { body } = await life.shop.pipeline.post<{ position: number }>('/v1/artifacts', bake);
    expect((await traceCommit(odd, `?minPosition=${body.position}`)).body).toMatchObject({ commit: odd });
  });

  it('stops where there is too much, and says so', async () => {
    const { pipeline } = life.shop;
    const source = { repository: 'r', commit: 'wide' };
    const root = digestOf('wide root');
    await pipeline.post('/v1/artifacts', bakeOf(root, 'wide', { source }));
    const bakes = Array.from({ length: 205 }, (_, index) =>
      pipeline.post<{ position: number }>('/v1/artifacts', bakeOf(digestOf(`wide ${index}`), 'wide', { base: root })),
    );
    const positions = (await Promise.all(bakes)).map(({ body }) => body.position);
    const { body } = await traceCommit('wide', `?minPosition=${Math.max(...positions)}`);
    expect(body.artifacts).toHaveLength(200);
    expect(body.bounds).toEqual({ artifacts: 200, stays: 50, isCut: true });
  });

  it('goes from a live digest back to its commit, its runs, its bases and their commits', async () => {
    const { digests, shop } = life;
    const { body } = await shop.auditor.get<ArtifactTrace>(`/v1/trace/artifacts/${digests.old}`);
    expect(body).toMatchObject({
      ...{ digest: digests.old, version: '1.0.0', source: { commit: commits.old, ref: 'refs/tags/v1.0.0' } },
      runs: [{ runId: '17', pipeline: 'shop' }],
      bases: [{ digest: digests.base, known: true, layer: 'os', source: { commit: commits.base } }],
      live: [{ environment: 'production', service: 'shop-api' }],
    });
    const link = body.bases[0]?.source?.link ?? '';
    expect((await shop.auditor.get<CommitTrace>(link)).body.artifacts.length).toBeGreaterThan(1);
    expect((await shop.auditor.get(`/v1/trace/artifacts/${digests.unknown}`)).status).toBe(404);
    expect((await shop.auditor.get('/v1/trace/artifacts/sha256:12')).status).toBe(400);
  });
});
