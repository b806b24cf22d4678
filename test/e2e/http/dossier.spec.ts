import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Dossier } from '../../../src/reports/dossier/dossier.js';
import { HOSTILE, liveALife, type Life } from '../support/life.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

const HTML = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

describeOnEveryDatabase('GET /v1/changes/{changeId}', (url) => {
  let server: TestServer;
  let life: Life;
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    life = await liveALife(server);
  });
  afterAll(() => server.stop());

  /** The dossier of a change that the life names, as the ledger knew it just after something else. */
  const dossier = async (change: string, after: string): Promise<Dossier> => {
    const asOf = life.positions[after];
    const answer = await life.shop.auditor.get<Dossier>(`/v1/changes/${life.changes[change]}?asOf=${asOf}`);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body;
  };
  const told = (timeline: Dossier['timeline']) => timeline.entries.map(({ what }) => what);

  it('keeps the row of the population, and names who wrote, built and promoted, each with its event', async () => {
    const { digests, changes, positions } = life;
    const found = await dossier('start', 'switch');
    expect(found).toMatchObject({
      ...{ position: positions['switch'], changeId: changes['start'], outcome: 'succeeded', kind: 'promotion' },
      ...{ digest: digests.next, replaced: digests.old, ticket: 'PAY-1201', note: HOSTILE },
    });
    expect(found.identities).toMatchObject({
      author: { subject: 'dev-17', eventId: changes['bake'] },
      builder: { pipeline: 'shop', run: { id: '42' }, triggeredBy: 'dev-18', position: positions['bake'] },
      approvers: { recorded: false, needs: expect.stringContaining('ChangeApproved') },
      promoter: { pipeline: 'shop', channel: 'api', eventId: changes['start'], type: 'PromotionStarted.v1' },
    });
    expect(found.identities.switchedBy).toBeUndefined();
    expect(found.controls.approvedBeforeDeployed).toMatchObject({ recorded: false });
    expect(found.receipts.map(({ position, type }) => [position, type])).toEqual([
      [positions['start'], 'PromotionStarted.v1'],
      [positions['validation'], 'CandidateValidated.v1'],
      [positions['switch'], 'ArtifactPromoted.v1'],
    ]);
    for (const { link, eventId, recordedAt } of found.receipts) {
      expect((await life.shop.auditor.get(link)).body).toMatchObject({ id: eventId, recordedAt });
    }
  });

  it('holds artifact, evidence, policy, what was replaced and the soak', async () => {
    const { digests, changes, positions } = life;
    const found = await dossier('start', 'switch');
    expect(found.artifact).toMatchObject({
      ...{ digest: digests.next, version: '2.0.0', proof: 'token', base: digests.base, knownAtDecision: true },
      source: { repository: 'https://git.example/shop', ref: 'refs/tags/v2.0.0', author: 'dev-17' },
      lineage: [{ digest: digests.base, component: 'base-image' }],
    });
    expect(found.evidence).toMatchObject({
      knownAt: { position: positions['switch'], by: 'end' },
      attestations: [
        { type: 'unit-tests', evidence: { uri: expect.any(String), digest: expect.any(String) } },
        { type: 'acceptance', environment: 'staging', saidBy: { position: positions['acceptance'] } },
      ],
      required: [
        { type: 'unit-tests', met: true, by: { result: 'passed' } },
        { type: 'acceptance', environment: 'staging', met: true },
      ],
      candidate: { result: 'passed', position: positions['validation'] },
    });
    expect(found.policy).toMatchObject({ revision: 1, reason: 'locked down', promotesFrom: 'staging' });
    expect(found.policy).toMatchObject({ saidBy: { position: positions['policy'] } });
    expect(found.replacement).toMatchObject({
      ...{ digest: digests.old, version: '1.0.0', happened: true, change: { changeId: changes['old in production'] } },
      difference: expect.arrayContaining([
        { field: 'version', from: '1.0.0', to: '2.0.0' },
        { field: 'author', from: null, to: 'dev-17' },
      ]),
    });
    expect(found.soak).toMatchObject({
      ...{ environment: 'staging', required: 'PT0S', change: { changeId: changes['staging'] } },
      atStart: { recordedMs: expect.any(Number), occurredMs: expect.any(Number) },
      atEnd: { recordedMs: expect.any(Number) },
    });
  });

  it('tells the life from commit to retirement, with the refusals on the way', async () => {
    const { changes } = life;
    const found = await dossier('start', 'retirement');
    expect(told(found.timeline)).toEqual([
      'committed: 8f3c1d2e9a',
      'baked by run 42 of shop',
      'unit-tests: passed',
      'switched: it takes the traffic',
      'refused: stage-skipped',
      'switched: it takes the traffic',
      'refused: evidence-missing',
      'acceptance: passed',
      'candidate started',
      'refused: candidate-not-validated',
      'candidate passed',
      'switched: it takes the traffic',
      'incident INC-7 reported: P2',
      'rolled back: 1.0.0 takes the traffic',
      'incident INC-7 resolved',
      'recycled',
    ]);
    expect(found.timeline.entries.filter(({ isOwn }) => isOwn).map(({ what }) => what)).toEqual([
      'candidate started',
      'candidate passed',
      'switched: it takes the traffic',
    ]);
    expect(found.timeline.isCut).toBe(false);
    expect(found.refusals.about.map(({ changeId }) => changeId)).toEqual([changes['early']]);
    expect(found.refusals.before.map(({ changeId }) => changeId)).toEqual([changes['unproven'], changes['skipped']]);
    expect(found.incidents.blaming).toMatchObject([{ id: 'INC-7', status: 'resolved', link: '/v1/incidents/INC-7' }]);
    expect(found).toMatchObject({ outcome: 'rolled-back', wayBack: { status: 'rolled-back', version: '1.0.0' } });
    expect((await dossier('rollback', 'retirement')).incidents.mended).toMatchObject([{ id: 'INC-7' }]);
  });

  it('says at each position only what was known there', async () => {
    const { digests, changes } = life;
    const early = await dossier('start', 'start');
    expect(early).toMatchObject({ outcome: 'in-progress', evidence: { knownAt: { by: 'open' } } });
    expect(early.wayBack).toMatchObject({ status: 'not-switched', digest: digests.old });
    expect(early.replacement).toMatchObject({ digest: digests.old, happened: false });
    expect(early.refusals.about).toEqual([]);
    expect(told(early.timeline).at(-1)).toBe('candidate started');
    const live = await dossier('start', 'switch');
    expect(live.wayBack).toMatchObject({ status: 'available', digest: digests.old });
    expect(live.incidents.blaming).toEqual([]);
    const broken = await dossier('start', 'incident');
    expect(broken.incidents.blaming).toMatchObject([{ id: 'INC-7', status: 'open' }]);
    expect(broken).toMatchObject({ outcome: 'succeeded', wayBack: { status: 'available' } });
    const before = life.positions['start'] ?? 0;
    const missing = await life.shop.auditor.get(`/v1/changes/${changes['start']}?asOf=${before - 1}`);
    expect(missing.status).toBe(404);
  });

  it('is there for a refusal too, even of an artifact that nobody baked', async () => {
    const { digests, positions, changes } = life;
    const unknown = await dossier('unknown', 'retirement');
    expect(unknown).toMatchObject({
      ...{ outcome: 'refused', reason: 'artifact-unknown', digest: digests.unknown },
      artifact: { none: `No pipeline had baked ${digests.unknown}.` },
      identities: { author: { none: expect.any(String) }, promoter: { type: 'ChangeRefused.v1' } },
      evidence: { none: expect.any(String) },
      policy: { revision: 1 },
      wayBack: { none: expect.any(String) },
      receipts: [{ eventId: changes['unknown'] }],
    });
    const unproven = await dossier('unproven', 'retirement');
    expect(unproven).toMatchObject({
      evidence: {
        knownAt: { position: positions['unproven'], by: 'refusal' },
        ...{ attestations: [{ type: 'unit-tests' }], later: 1 },
        required: [{ met: true }, { type: 'acceptance', met: false }],
      },
      replacement: { digest: digests.old, happened: false },
      soak: { environment: 'staging' },
      refusals: { before: [{ changeId: changes['skipped'] }] },
    });
    expect((await dossier('skipped', 'retirement')).soak).toEqual({ none: 'It was not known-good in staging.' });
    expect((await dossier('early', 'retirement')).about).toBe(changes['start']);
  });

  it('is there for roll-backs, retirements and a first promotion', async () => {
    const { digests } = life;
    const back = await dossier('rollback', 'rollback');
    expect(back).toMatchObject({ kind: 'rollback', replacement: { digest: digests.next, happened: true } });
    expect(back.wayBack).toEqual({
      none: 'No earlier known-good artifact of shop-api is left in production to go back to.',
    });
    expect(back.soak).toEqual({ none: 'Only a promotion soaks: this is a rollback.' });
    const retired = await dossier('retirement', 'retirement');
    expect(retired.replacement).toEqual({ none: expect.stringContaining('the traffic stayed where it was') });
    const first = await dossier('old in dev', 'retirement');
    expect(first.replacement).toEqual({ none: 'Nothing took the traffic of shop-api in dev before it.' });
    expect(first.soak).toEqual({ none: 'dev promotes from no other environment.' });
    expect(first.wayBack).toEqual({ none: expect.stringContaining('it was replaced by change') });
  });

  it('is a page for a browser, in which nothing that anybody wrote is markup', async () => {
    const { auditor } = life.shop;
    const path = `/v1/changes/${life.changes['start']}?asOf=${life.positions['retirement']}`;
    const page = await auditor.get(path, HTML);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('vary')).toMatch(/Accept/);
    expect(page.headers.get('cache-control')).toMatch(/immutable/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).toMatch(/^<!DOCTYPE html>/);
    expect(page.text).not.toMatch(/<script|<b>|\u202e|undefined|\[object/i);
    expect(page.text).toContain('&lt;script>');
    expect(page.text).toContain('⟨U+202E⟩');
    const json = await auditor.get(path);
    expect(json.headers.get('etag')).not.toBe(page.headers.get('etag'));
    expect(json.headers.get('vary')).toMatch(/Accept/);
    for (const [answer, accept] of [
      [page, 'text/html'],
      [json, 'application/json'],
    ] as const) {
      const headers = { accept, 'if-none-match': answer.headers.get('etag') ?? '' };
      expect((await auditor.get(path, { headers })).status).toBe(304);
    }
    const both = await auditor.get(path, { headers: { accept: 'application/json, text/html;q=0.5' } });
    expect(both.headers.get('content-type')).toMatch(/json/);
    for (const name of Object.keys(life.changes)) {
      const id = life.changes[name] ?? '';
      const { status, text } = await auditor.get(`/v1/changes/${id}`, HTML);
      if (status === 404) continue;
      expect(text).not.toMatch(/undefined|\[object|NaN/);
    }
  });
});
