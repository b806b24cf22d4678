import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bakeOf, digestOf } from '../support/fixtures.js';
import { commits, liveALife, type Life } from '../support/life.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Found {
  groups: {
    kind: string;
    more: boolean;
    hits: (Record<string, unknown> & { link: string; matched: { field: string; value: string; exact: boolean } })[];
  }[];
}

describeOnEveryDatabase('GET /v1/search', (url) => {
  let server: TestServer;
  let life: Life;
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    life = await liveALife(server);
  });
  afterAll(() => server.stop());

  const search = async (q: string, more = '') => {
    const answer = await life.shop.auditor.get<Found>(`/v1/search?q=${encodeURIComponent(q)}${more}`);
    if (answer.status !== 200) throw new Error(answer.text);
    return Object.fromEntries(answer.body.groups.map((group) => [group.kind, group]));
  };

  it('finds a digest by its beginning, with or without its algorithm, and one that was only refused', async () => {
    const { digests } = life;
    const hex = digests.next.slice('sha256:'.length);
    for (const q of [digests.next, hex.slice(0, 12), `sha256:${hex.slice(0, 6)}`, hex.slice(0, 8).toUpperCase()]) {
      const { artifacts } = await search(q);
      expect(artifacts?.hits).toMatchObject([{ digest: digests.next, matched: { field: 'digest' } }]);
      expect(artifacts?.hits[0]?.matched.exact).toBe(q === digests.next);
    }
    const refused = await search(digests.unknown.slice(0, 20));
    expect(refused['artifacts']).toBeUndefined();
    expect(refused['refusedDigests']?.hits).toMatchObject([{ digest: digests.unknown, refused: 'artifact-unknown' }]);
    expect(await search(hex.slice(0, 3))).toEqual({});
  });

  it('finds versions, refs, commits, tickets, names and ids, and says why', async () => {
    const { digests, changes } = life;
    for (const q of ['2.0', 'v2.0.0', 'refs/tags/v2']) {
      expect((await search(q))['artifacts']?.hits).toMatchObject([{ digest: digests.next }]);
    }
    const commit = await search(commits.next.slice(0, 6));
    expect(commit['commits']?.hits).toMatchObject([{ commit: commits.next, matched: { field: 'commit' } }]);
    const ticket = await search('pay-1201');
    expect(ticket['changes']?.hits[0]).toMatchObject({
      ...{ changeId: expect.any(String), ticket: 'PAY-1201', matched: { field: 'ticket', exact: true } },
    });
    expect((await search('PAY-13'))['incidents']?.hits).toMatchObject([{ id: 'INC-7' }]);
    const shop = await search('shop');
    expect(shop['components']?.hits).toMatchObject([{ component: 'shop-api' }]);
    expect(shop['services']?.hits).toMatchObject([{ service: 'shop-api' }]);
    expect(shop['pipelines']?.hits).toMatchObject([{ id: 'shop', matched: { exact: true } }]);
    expect((await search('inc-7'))['incidents']?.hits).toMatchObject([{ id: 'INC-7', link: '/v1/incidents/INC-7' }]);
    expect((await search('PROD'))['environments']?.hits).toMatchObject([{ name: 'production' }]);
    const id = changes['start'] ?? '';
    expect((await search(id.slice(0, 18)))['changes']?.hits.map(({ changeId }) => changeId)).toContain(id);
    expect((await search(changes['switch'] ?? ''))['changes']?.hits).toMatchObject([{ matched: { exact: true } }]);
    expect((await search(changes['bake'] ?? ''))['events']?.hits).toMatchObject([{ type: 'ArtifactBaked.v1' }]);
  });

  it('gives links that lead to what was found', async () => {
    for (const q of [
      'shop',
      '2.0.0',
      'PAY',
      'INC',
      'dev',
      commits.base,
      life.digests.unknown,
      life.changes['bake'] ?? '',
    ]) {
      for (const { hits } of Object.values(await search(q))) {
        for (const { link } of hits) {
          const answer = await life.shop.auditor.get<{ items?: unknown[] }>(link);
          expect([link, answer.status]).toEqual([link, 200]);
          expect(answer.body.items?.length).not.toBe(0);
        }
      }
    }
  });

  it('says only what was known at a position', async () => {
    const before = (life.positions['bake'] ?? 0) - 1;
    expect((await search(life.digests.next, `&asOf=${before}`))['artifacts']).toBeUndefined();
    expect(await search(commits.next, `&asOf=${before}`)).toEqual({});
    expect(await search(life.changes['bake'] ?? '', `&asOf=${before}`)).toEqual({});
  });

  it('bounds every group, puts what was typed in full first, and takes wildcards as letters', async () => {
    const { pipeline } = life.shop;
    const versions = [...Array.from({ length: 12 }, (_, index) => `7.7-${index}`), '7.7', '7%7', '7_7'];
    let position = 0;
    for (const version of versions) {
      const bake = bakeOf(digestOf(`many ${version}`), 'many', { version });
      position = (await pipeline.post<{ position: number }>('/v1/artifacts', bake)).body.position;
    }
    const at = `&minPosition=${position}`;
    const { artifacts } = await search('7.7', at);
    expect(artifacts).toMatchObject({ more: true, hits: { length: 10 } });
    expect(artifacts?.hits[0]).toMatchObject({ version: '7.7', matched: { exact: true } });
    expect((await search('7.7', `&limit=50${at}`))['artifacts']).toMatchObject({ more: false, hits: { length: 13 } });
    expect((await search('7%', at))['artifacts']?.hits).toMatchObject([{ version: '7%7' }]);
    expect((await search('7_', at))['artifacts']?.hits).toMatchObject([{ version: '7_7' }]);
    expect(await search('%', at)).toEqual({});
    const listed = await life.shop.auditor.get<{ items: unknown[] }>('/v1/artifacts?ref=refs/tags/v2.0.0');
    expect(listed.body.items).toHaveLength(1);
  });

  it('refuses a text that is missing, empty, too long or no text', async () => {
    for (const query of ['', '?q=', '?q=%20%20', `?q=${'x'.repeat(201)}`, '?q=a&q=b', '?q=a%00b', '?q=a&limit=51']) {
      const answer = await life.shop.auditor.get(`/v1/search${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
    }
    expect(await search('\u{1F600}\u202e" OR 1=1 --')).toEqual({});
  });
});
