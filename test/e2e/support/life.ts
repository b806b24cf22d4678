import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from './fixtures.js';
import type { Answer, Api, TestServer } from './server.js';

/** Positions and ids of what happened, by the names under which the tests know it. */
export interface Life {
  readonly shop: Shop;
  readonly digests: Readonly<Record<'base' | 'old' | 'next' | 'unknown', string>>;
  readonly positions: Readonly<Record<string, number>>;
  readonly changes: Readonly<Record<string, string>>;
}

interface Receipt {
  readonly position: number;
  readonly eventId: string;
  readonly changeId?: string;
}

/** Hostile in every format: markup, a formula, a direction override, quotes. */
export const HOSTILE = `=cmd|' /C calc'!A0 <script>alert("x")</script> \u202Egnp.exe & 'quoted' <b>`;

const COMMIT = '8f3c1d2e9a';
export const commits = { base: 'ba5e0001', old: '01d00001', next: COMMIT };

/**
 * A full life: an artifact on a base, tested, through dev and staging to production blue/green with refusals on the
 * way, an incident, the roll-back, its resolution, and the retirement of what was rolled back.
 */
export async function liveALife(server: TestServer): Promise<Life> {
  const shop = await setUpShop(server);
  const { pipeline, approver } = shop;
  const digests = {
    base: digestOf('life base'),
    old: digestOf('life old'),
    next: digestOf('life next'),
    unknown: digestOf('nobody baked it'),
  };
  const positions: Record<string, number> = {};
  const changes: Record<string, string> = {};
  const note = (name: string, { position, eventId, changeId }: Receipt) => {
    positions[name] = position;
    changes[name] = changeId ?? eventId;
  };
  const accepted = async (name: string, call: ReturnType<Api['post']>) => {
    const { status, text, body } = await call;
    if (status !== 201 && status !== 200) throw new Error(`${name}: ${status} ${text}`);
    note(name, body as Receipt);
  };
  const refused = async (name: string, call: ReturnType<Api['post']>) => {
    const { body, text } = (await call) as Answer;
    if (!body['receipt']) throw new Error(`${name} was not refused: ${text}`);
    note(name, body['receipt'] as Receipt);
  };
  const sourceOf = (commit: string, more = {}) => ({
    source: { repository: 'https://git.example/shop', commit, ...more },
  });
  const evidence = { uri: 'https://ci.example/runs/1/tests.xml', digest: digestOf('tests.xml') };
  const production = '/v1/environments/production';

  const policy = { evidence: [{ type: 'unit-tests' }, { type: 'acceptance', environment: 'staging' }] };
  const withReason = { policy, reason: 'locked down' };
  await accepted('policy', server.admin.put(`${production}/policy`, withReason, { headers: { 'if-match': '*' } }));
  const base = bakeOf(digests.base, 'base-image', { layer: 'os', version: '12.1', ...sourceOf(commits.base) });
  await accepted('base', pipeline.post('/v1/artifacts', base));
  const old = { version: '1.0.0', base: digests.base, ...sourceOf(commits.old, { ref: 'refs/tags/v1.0.0' }) };
  await accepted('oldBake', pipeline.post('/v1/artifacts', bakeOf(digests.old, 'shop-api', old)));
  const committed = { ref: 'refs/tags/v2.0.0', author: 'dev-17', committedAt: '2026-01-02T03:04:05Z' };
  const run = { run: { id: '42', url: 'https://ci.example/runs/42', triggeredBy: 'dev-18' } };
  const next = { version: '2.0.0', base: digests.base, ...sourceOf(commits.next, committed), ...run };

  const attest = (name: string, digest: string, body: object) =>
    accepted(name, pipeline.post(`/v1/artifacts/${digest}/attestations`, body));
  const promote = (environment: string, digest: string, more = {}) =>
    pipeline.post(`/v1/environments/${environment}/promotions`, promotionOf(digest, more));
  for (const type of ['unit-tests', 'acceptance']) {
    await attest(`old ${type}`, digests.old, { type, result: 'passed', environment: 'staging' });
  }
  for (const environment of ['dev', 'staging', 'production']) {
    await accepted(`old in ${environment}`, promote(environment, digests.old));
  }

  await refused('unknown', promote('production', digests.unknown));
  await accepted('bake', pipeline.post('/v1/artifacts', bakeOf(digests.next, 'shop-api', next)));
  await attest('unit', digests.next, { type: 'unit-tests', result: 'passed', evidence });
  await accepted('dev', promote('dev', digests.next));
  const change = { type: 'normal', reason: HOSTILE, ticket: 'PAY-1201' };
  await refused('skipped', promote('production', digests.next, { strategy: 'blue-green', change }));
  await accepted('staging', promote('staging', digests.next));
  await refused('unproven', promote('production', digests.next, { strategy: 'blue-green', change }));
  await attest('acceptance', digests.next, { type: 'acceptance', result: 'passed', environment: 'staging' });
  await accepted('start', promote('production', digests.next, { strategy: 'blue-green', change }));
  const open = `${production}/promotions/${changes['start']}`;
  await refused('early', pipeline.post(`${open}/switch`, {}));
  await accepted('validation', pipeline.post(`${open}/validation`, { result: 'passed', evidence }));
  await accepted('switch', pipeline.post(`${open}/switch`, {}));
  const incident = { id: 'INC-7', change: changes['start'], severity: 'P2', startedAt: new Date().toISOString() };
  await accepted('incident', approver.post('/v1/incidents', { ...incident, ticket: 'PAY-1300', reason: HOSTILE }));
  await accepted('rollback', approver.post(`${production}/rollbacks`, { service: 'shop-api', reason: 'errors' }));
  const resolution = { mendedBy: changes['rollback'], reason: 'rolled back' };
  await accepted('resolution', approver.post('/v1/incidents/INC-7/resolution', resolution));
  const retirement = { service: 'shop-api', digest: digests.next, reason: 'gone' };
  await accepted('retirement', pipeline.post(`${production}/retirements`, retirement));
  return { shop, digests, positions, changes };
}
