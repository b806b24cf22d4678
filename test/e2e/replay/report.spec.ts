import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Metric, ReportDocument } from '../../../src/reports/document/document.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { LedgerClient } from './client.js';
import { describeWithData, isFull, readRows, say } from './dataset.js';
import { deliveryOf, middle, nineTenths, type Delivery } from './delivery.js';
import { changesOf, GOVUK_FILE, GOVUK_STAGES, leftOut, linesOf, PIPELINE, type GovukRow } from './govuk.js';
import {
  asBaked,
  isMalformed,
  PROMOTER,
  registryChanges,
  registryLines,
  REGISTRY,
  REGISTRY_FILE,
  type RegistryRow,
} from './k8s.js';
import { registration, type ImportLine } from './stand-ins.js';
import type { Row } from './straight-line.js';

const MINUTES = 60_000;

interface Replay {
  readonly rows: readonly Row[];
  readonly lines: readonly ImportLine[];
  readonly stages: Record<string, string | undefined>;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
}

/** The report of the period over real HTTP, beside what the raw rows say. */
function suite(name: string, { rows, lines, stages, environment, from, to }: Replay): void {
  let server: TestServer;
  let metrics: Record<string, Metric>;
  let report: ReportDocument;
  const expected: Delivery = deliveryOf(rows, { stages, environment, from, to });

  beforeAll(async () => {
    server = await startTestServer();
    const client = new LedgerClient({ url: server.url, token: server.adminToken });
    const answers = await client.import(lines);
    await client.untilSeen(Math.max(...answers.map(({ position }) => position ?? -1)));
    const startedAt = Date.now();
    report = await client.get<ReportDocument>(
      `/v1/reports/advisory-board?environment=${environment}&from=${from}&to=${to}&format=json`,
    );
    const all = report.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'metrics' ? block.metrics : [])),
    );
    metrics = Object.fromEntries(all.map((metric) => [metric.id, metric]));
    const { switches, refused } = expected;
    say(`report of ${name}: ${switches} switches, ${refused} refused, from ${from}; ${Date.now() - startedAt} ms`);
  }, 20 * MINUTES);
  afterAll(() => server.stop());

  it('counts the switches, the quiet days and the refusals', () => {
    const { switches, days, daysTouched, quietDays, refused, commands } = expected;
    expect(switches).toBeGreaterThan(0);
    expect(metrics['deployment-frequency']).toMatchObject({
      numerator: switches,
      denominator: days,
      value: switches / days,
    });
    expect(metrics['days-without-switches']).toMatchObject({ numerator: quietDays, denominator: daysTouched });
    expect(metrics['refusal-rate']).toMatchObject({ numerator: refused, denominator: commands });
    expect(metrics['change-success-rate']).toMatchObject({ numerator: switches, denominator: switches, value: 1 });
    expect(metrics['change-fail-rate']).toMatchObject({ numerator: 0, denominator: switches });
    expect(metrics['success-score']?.value).toBe(3 * switches);
    expect(metrics['emergency-share']?.value).toBe(0);
  });

  it('names the refusals by their reasons', () => {
    const charts = report.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'chart' ? block.chart : [])),
    );
    const chart = charts.find(({ id }) => id === 'refusals-by-reason');
    const told = chart?.categories.map((reason, index) => [reason, chart.series[0]?.values[index]]) ?? [];
    expect(Object.fromEntries(told)).toEqual(expected.reasons);
  });

  it('tells how long digests stood in the stage before', () => {
    const { soaks, switches } = expected;
    const soak = metrics['stage-soak'];
    if (stages[environment] === undefined) {
      expect(soak).toMatchObject({ status: 'no-data', leftOut: [{ reason: 'no stage before', count: switches }] });
      return;
    }
    expect(soak?.counted.count).toBe(soaks.length);
    expect(soak?.value).toBeCloseTo(middle(soaks), 6);
    expect(metrics['stage-soak-p90']?.value).toBeCloseTo(nineTenths(soaks), 6);
  });

  it('tells the age of what is live at its end', () => {
    const ages = expected.liveBakes.map((baked) => (Date.parse(to) - baked) / 1_000);
    expect(metrics['fleet-age']?.counted.count).toBe(ages.length);
    expect(metrics['fleet-age']?.value).toBeCloseTo(middle(ages), 6);
    expect(metrics['fleet-age-oldest']?.value).toBeCloseTo(Math.max(...ages), 6);
  });

  it('says what nobody told: commit times and incidents', () => {
    expect(metrics['change-lead-time']).toMatchObject({
      status: 'no-data',
      leftOut: [{ reason: 'no commit time', count: expected.switches }],
    });
    expect(metrics['rework-rate']?.status).toBe('no-data');
    expect(metrics['recovery-time']?.status).toBe('no-data');
  });
}

describeWithData(GOVUK_FILE, 'the report of GOV.UK’s quarter', () => {
  const file = readRows<GovukRow>(GOVUK_FILE);
  const rows = changesOf((isFull ? file : file.slice(0, 6_000)).filter((row) => leftOut(row) === undefined));
  const occurredAt = rows[0]?.time ?? '';
  const environments = Object.entries(GOVUK_STAGES).map(([name, promotesFrom]) => ({
    ...{ command: 'define-environment', name, tier: name === 'integration' ? 'test' : name, occurredAt },
    ...(promotesFrom && { promotesFrom }),
  }));
  suite('GOV.UK', {
    rows,
    lines: [{ ...registration(PIPELINE), occurredAt }, ...environments, ...rows.flatMap(linesOf)],
    ...{ stages: GOVUK_STAGES, environment: 'production' },
    ...(isFull
      ? { from: '2025-01-01T00:00:00.000Z', to: '2025-04-01T00:00:00.000Z' }
      : { from: '2022-10-01T00:00:00.000Z', to: '2023-01-01T00:00:00.000Z' }),
  });
});

describeWithData(REGISTRY_FILE, 'the report of the Kubernetes registry’s quarter', () => {
  const file = readRows<RegistryRow>(REGISTRY_FILE);
  const changes = registryChanges(isFull ? file : file.slice(0, 3_000));
  const occurredAt = changes[0]?.time ?? '';
  suite('the Kubernetes registry', {
    // What no ledger can take is answered as invalid, and is no command.
    rows: asBaked(changes).filter((row) => !isMalformed(row)),
    lines: [
      { ...registration(PROMOTER), occurredAt },
      { command: 'define-environment', name: REGISTRY, tier: 'production', occurredAt },
      ...changes.flatMap(registryLines),
    ],
    ...{ stages: { [REGISTRY]: undefined }, environment: REGISTRY },
    ...(isFull
      ? { from: '2021-07-01T00:00:00.000Z', to: '2021-10-01T00:00:00.000Z' }
      : { from: '2020-07-01T00:00:00.000Z', to: '2020-10-01T00:00:00.000Z' }),
  });
});
