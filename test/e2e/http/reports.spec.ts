import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { canonicalize } from 'json-canonicalize';
import type { Block, Metric, ReportDocument } from '../../../src/reports/document/document.js';
import { FORMATS } from '../../../src/reports/formats.js';
import { bakeOf, digestOf, promotionOf } from '../support/fixtures.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type Answer, type Api, type TestServer } from '../support/server.js';

const BOARD = '/v1/reports/advisory-board';
const PERIOD = 'from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z';

interface FigureAnswer {
  readonly total: number;
  readonly items: readonly {
    changeId?: string;
    incident?: string;
    why: string;
    seconds?: number;
    eventId?: string;
    commands?: number;
  }[];
  readonly next?: string;
}

/** A month of one service: five switches, a roll-back, incidents, refusals, and a switch that changed nothing. */
const history = () => {
  const at = (day: number, hour = 10): string =>
    `2026-02-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
  const common = { pipeline: 'shop', occurredAt: at(1, 0) };
  const bake = (version: string, committedAt?: string) => ({
    ...{ command: 'bake', ...common, ...bakeOf(digestOf(version), 'shop-api', { version }) },
    source: { repository: 'https://git.example/shop', commit: 'abc1234', ...(committedAt && { committedAt }) },
  });
  const promote = (environment: string, version: string, occurredAt: string, more: Record<string, unknown> = {}) => ({
    ...{
      command: 'promote',
      pipeline: 'shop',
      environment,
      occurredAt,
      idempotencyKey: `${environment}-${occurredAt}`,
    },
    ...promotionOf(digestOf(version), more),
  });
  const both = (version: string, day: number, more: Record<string, unknown> = {}) => [
    promote('staging', version, at(day, 8)),
    promote('production', version, at(day, 10), more),
  ];
  return [
    {
      command: 'register-pipeline',
      id: 'shop',
      name: 'Shop',
      mayBake: ['*'],
      mayPromoteTo: ['*'],
      occurredAt: at(1, 0),
    },
    { command: 'define-environment', name: 'staging', tier: 'staging', occurredAt: at(1, 0) },
    {
      command: 'define-environment',
      name: 'production',
      tier: 'production',
      promotesFrom: 'staging',
      occurredAt: at(1, 0),
    },
    ...[bake('1', at(1, 6)), bake('2', at(2, 10)), bake('3'), bake('4', at(9, 10)), bake('5', at(20, 10)), bake('6')],
    ...both('1', 2),
    ...both('2', 4),
    promote('production', '2', at(4, 12)),
    ...both('3', 6, { change: { type: 'emergency', reason: '=HYPERLINK("http://evil")' } }),
    {
      command: 'roll-back',
      pipeline: 'shop',
      environment: 'production',
      service: 'shop-api',
      reason: 'broken',
      occurredAt: at(6, 12),
    },
    promote('production', '6', at(7)),
    promote('production', 'unknown', at(8), { service: 'shop-api' }),
    ...both('4', 10),
    ...both('5', 12),
  ];
};

describeOnEveryDatabase('the advisory board’s report', (url) => {
  let server: TestServer;
  let auditor: Api;
  /** Position after the incidents were reported, and after everything. */
  let position: number;
  let switched: string[];

  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    auditor = await server.as('auditor');
    const lines = history();
    const answers = await server.admin.import(lines);
    expect(answers.filter(({ status }) => status !== 'accepted').map(({ reason }) => reason)).toEqual([
      'stage-skipped',
      'artifact-unknown',
    ]);
    const production = lines.flatMap((line, index) =>
      'environment' in line && line.environment === 'production' && line.command === 'promote' ? [index] : [],
    );
    switched = production.map((index) => String(answers[index]?.['changeId'] ?? answers[index]?.['eventId']));
    const blamed = switched[6];
    const incidents = await server.admin.import([
      ...['INC-1', 'INC-2'].map((id) => ({
        ...{ command: 'report-incident', id, severity: 'P2', change: blamed },
        ...{ startedAt: '2026-02-10T11:00:00Z', occurredAt: '2026-02-10T11:00:00Z' },
      })),
      { command: 'resolve-incident', id: 'INC-1', occurredAt: '2026-02-10T12:00:00Z' },
      { command: 'resolve-incident', id: 'INC-2', mendedBy: switched[7], occurredAt: '2026-02-10T14:00:00Z' },
      {
        ...{ command: 'report-incident', id: 'INC-3', severity: 'P1', environment: 'production' },
        ...{ startedAt: '2026-02-20T11:00:00Z', occurredAt: '2026-02-20T11:00:00Z' },
      },
    ]);
    expect(incidents.map(({ status }) => status)).toEqual(incidents.map(() => 'accepted'));
    position = Number(incidents.at(-1)?.['position']);
  });
  afterAll(() => server.stop());

  const document = async (query = ''): Promise<ReportDocument> => {
    const answer = await auditor.get<ReportDocument>(`${BOARD}?${PERIOD}&asOf=${position}&format=json${query}`);
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.anything()]);
    return answer.body;
  };
  const metricsOf = (report: ReportDocument): Record<string, Metric> =>
    Object.fromEntries(
      blocksOf(report)
        .flatMap((block) => (block.kind === 'metrics' ? block.metrics : []))
        .map((metric) => [metric.id, metric]),
    );
  const file = async (format: string): Promise<Uint8Array> => {
    const response = await fetch(`${server.url}${BOARD}?${PERIOD}&asOf=${position}&format=${format}`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
    });
    expect(response.status).toBe(200);
    return new Uint8Array(await response.arrayBuffer());
  };

  it('counts what the formulas say', async () => {
    const values = Object.entries(metricsOf(await document())).map(([id, { status, value, display }]) => [
      id,
      status === 'known' ? value : display,
    ]);
    expect(Object.fromEntries(values)).toEqual({
      'deployment-frequency': 5 / 28,
      'days-without-switches': 23 / 28,
      // 28 h, 48 h, 24 h, and one committed after it was switched to; one without a time.
      'change-lead-time': 28 * 3600,
      'change-lead-time-p90': 48 * 3600,
      // Rolled back after two hours, and the later one of two incidents after four.
      'recovery-time': 3 * 3600,
      'change-fail-rate': 2 / 5,
      'rework-rate': 1 / 5,
      'change-success-rate': 3 / 5,
      'success-score': 3 * 3 - 2 - 5 - 5 - 5,
      'emergency-share': 1 / 6,
      'refusal-rate': 2 / 9,
      'approval-wait': 'not recorded: needs ChangeApproved',
      'review-on-time': 'not recorded: needs BreakGlassReviewed',
      'stage-soak': 2 * 3600,
      'stage-soak-p90': 2 * 3600,
      'fleet-age': 28 * 86_400,
      'fleet-age-oldest': 28 * 86_400,
    });
  });

  it('answers behind each number exactly as many events as it counts or leaves out', async () => {
    for (const { id, counted, leftOut } of Object.values(metricsOf(await document()))) {
      for (const { link, count } of [counted, ...leftOut]) {
        const answer = await auditor.get<FigureAnswer>(link);
        expect([id, link, answer.status, answer.body.total, answer.body.items.length]).toEqual([
          id,
          link,
          200,
          count,
          count,
        ]);
      }
    }
    const failing = await auditor.get<FigureAnswer>(`${BOARD}/figures/change-fail-rate?${PERIOD}&asOf=${position}`);
    expect(failing.body.items).toMatchObject([
      { changeId: switched[3], why: 'rolled-back' },
      { changeId: switched[6], why: 'blamed-by-incident' },
    ]);
    const [first] = failing.body.items;
    const event = await auditor.get(`/v1/events/${first?.eventId}`);
    expect(event.body).toMatchObject({ type: 'ArtifactPromoted.v1', data: { changeId: switched[3] } });
  });

  it('answers what a rate of commands divides by', async () => {
    const { 'refusal-rate': rate } = metricsOf(await document());
    const parts = [rate?.counted, ...(rate?.leftOut.filter(({ reason }) => reason === 'accepted') ?? [])];
    const answers = await Promise.all(parts.map((part) => auditor.get<FigureAnswer>(part?.link ?? '')));
    const commands = answers.flatMap(({ body }) => body.items.map((item) => item.commands ?? 0));
    expect(commands.reduce((sum, each) => sum + each, 0)).toBe(rate?.denominator);
  });

  it('pages what is behind a number', async () => {
    const all: unknown[] = [];
    let next: string | undefined = `${BOARD}/figures/change-success-rate?${PERIOD}&part=left-out&limit=2`;
    while (next !== undefined) {
      const answer: Answer<FigureAnswer> = await auditor.get<FigureAnswer>(next);
      all.push(...answer.body.items);
      next = /<([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1];
      expect(all.length).toBeLessThanOrEqual(answer.body.total);
    }
    expect(all).toHaveLength(5);
  });

  it('is the same bytes for the same address, whatever came since, and can be asked for by type', async () => {
    const before = await Promise.all(Object.keys(FORMATS).map(file));
    await server.admin.post('/v1/environments', { name: 'later', tier: 'production' });
    expect(await Promise.all(Object.keys(FORMATS).map(file))).toEqual(before);
    for (const [format, type] of Object.entries(FORMATS)) {
      const answer = await auditor.get(`${BOARD}?${PERIOD}&asOf=${position}`, { headers: { accept: type } });
      expect(answer.headers.get('content-type')?.split(';')[0]).toBe(type);
      const pinned = new URL(answer.headers.get('content-location') ?? '', 'http://cairn').searchParams;
      expect(Object.fromEntries(pinned)).toMatchObject({ asOf: String(position), definitions: '1', format });
      const etag = answer.headers.get('etag') ?? '';
      const again = await auditor.get(`${BOARD}?${PERIOD}&asOf=${position}&format=${format}`, {
        headers: { 'if-none-match': etag },
      });
      expect(again.status).toBe(304);
    }
  });

  it('knows nothing of what was recorded after its position', async () => {
    const early = await auditor.get<ReportDocument>(`${BOARD}?${PERIOD}&asOf=${position - 5}&format=json`);
    const metrics = metricsOf(early.body);
    expect(metrics['change-fail-rate']?.numerator).toBe(1);
    expect(metrics['rework-rate']).toMatchObject({ status: 'no-data' });
    expect(metrics['recovery-time']?.value).toBe(2 * 3600);
  });

  it('ends with the population that GET /v1/changes answers, and its hash', async () => {
    const text = blocksOf(await document()).flatMap((block) => (block.kind === 'text' ? [block.text] : []));
    const [, hash, link] =
      text.map((said) => /ascending position\): ([0-9a-f]{64})\..* (\/v1\/changes\S+)/.exec(said)).find(Boolean) ?? [];
    const changes = await auditor.get<{ items: unknown[] }>(`${link}&limit=500`);
    expect(changes.body.items).toHaveLength(9);
    const lines = changes.body.items.map((row) => `${canonicalize(row)}\n`).join('');
    expect(createHash('sha256').update(lines).digest('hex')).toBe(hash);
  });

  it('says what is wrong with what was asked', async () => {
    const status = async (query: string, headers = {}) => {
      const answer = await auditor.get<{ type: string }>(`${BOARD}?${query}`, { headers });
      return [answer.status, answer.body.type?.replace('/problems/', '')];
    };
    expect(await status('environment=nowhere')).toEqual([404, 'not-found']);
    expect(await status('from=2026-03-01T00:00:00Z&to=2026-02-01T00:00:00Z')).toEqual([400, 'invalid-request']);
    expect(await status('from=2024-01-01T00:00:00Z&to=2026-02-01T00:00:00Z')).toEqual([400, 'invalid-request']);
    expect(await status('asOf=1990-01-01T00:00:00Z')).toEqual([400, 'invalid-moment']);
    expect(await status('asOf=999999')).toEqual([400, 'invalid-moment']);
    expect(await status('definitions=2')).toEqual([400, 'invalid-request']);
    expect(await status('format=docx')).toEqual([400, 'invalid-request']);
    expect(await status('asOf=0')).toEqual([400, 'invalid-request']);
    expect(await status('', { accept: 'image/png' })).toEqual([406, 'not-acceptable']);
    expect((await auditor.get(`${BOARD}/figures/nonsense`)).status).toBe(404);
  });

  it('takes the last seven days where no period is named', async () => {
    const answer = await auditor.get<ReportDocument>(`${BOARD}?environment=production&format=json`);
    const { from, to } = answer.body.address;
    expect(Date.parse(to) - Date.parse(from)).toBe(7 * 86_400_000);
    expect(to).toMatch(/:00\.000Z$/);
  });

  it('is issued as an event, once for a key, and a file of it is known again', async () => {
    const body = {
      report: 'advisory-board',
      environments: ['production'],
      from: '2026-02-01T00:00:00Z',
      to: '2026-03-01T00:00:00Z',
    };
    const headers = { 'idempotency-key': 'board-1' };
    const issued = await auditor.post<{
      eventId: string;
      digests: Record<string, string>;
      links: Record<string, string>;
    }>('/v1/reports', body, { headers });
    expect([issued.status, issued.headers.get('location')]).toEqual([201, `/v1/reports/issued/${issued.body.eventId}`]);
    expect(Object.keys(issued.body.digests)).toEqual(Object.keys(FORMATS));
    await server.admin.post('/v1/environments', { name: 'even-later', tier: 'test' });
    const again = await auditor.post('/v1/reports', body, { headers });
    expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([201, issued.body, 'true']);
    const html = await auditor.get(issued.body.links['html'] ?? '');
    const digest = createHash('sha256').update(html.text).digest('hex');
    expect(digest).toBe(issued.body.digests['html']);
    const known = await auditor.get<{ issued: object[] }>(`/v1/reports/check?digest=${digest}`);
    expect(known.body.issued).toMatchObject([{ eventId: issued.body.eventId, digests: issued.body.digests }]);
    const one = await auditor.get(`/v1/reports/issued/${issued.body.eventId}`);
    expect(one.body).toEqual(known.body.issued[0]);
    expect((await auditor.get<{ items: object[] }>('/v1/reports')).body.items).toEqual([one.body]);
    expect((await auditor.get(`/v1/reports/check?digest=${'0'.repeat(64)}`)).body).toMatchObject({ issued: [] });
    expect((await (await server.as('approver')).post('/v1/reports', body)).status).toBe(403);
  });

  it('is issued once by requests that come at once under one key', async () => {
    const body = { report: 'advisory-board', environments: ['production'], formats: ['json', 'md'] };
    const headers = { 'idempotency-key': 'board-at-once' };
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(async (n) => {
        await server.admin.post('/v1/environments', { name: `at-once-${n}`, tier: 'test' });
        return auditor.post('/v1/reports', body, { headers });
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body);
  });

  it.each([
    'from=0000-01-01T00:00:00Z&to=0000-01-03T00:00:00Z',
    'to=0000-01-03T00:00:00Z',
    'to=9999-12-31T23:59:59Z&from=9998-01-01T00:00:00Z',
  ])('is not made of %s', async (period) => {
    const answer = await auditor.get(`${BOARD}?environment=production&${period}`);
    expect([answer.status, answer.body]).toMatchObject([400, { type: '/problems/invalid-request' }]);
  });
});

const blocksOf = ({ sections }: ReportDocument): Block[] => sections.flatMap(({ blocks }) => [...blocks]);
