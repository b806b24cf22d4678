import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buildReport } from '../../../../src/reports/advisory-board/report.js';
import type { ReportDocument } from '../../../../src/reports/document/document.js';
import type { Format } from '../../../../src/reports/formats.js';
import { render } from '../../../../src/reports/render.js';
import { WriteDatabase } from '../../../../src/views/database.js';
import { PROJECTORS } from '../../../../src/views/projectors.js';
import { ViewQueries } from '../../../../src/views/queries.js';
import { ProjectionRunner } from '../../../../src/views/runner.js';
import { at, baked, defined, facts, FakeLedger, promotionFacts, temporaryFolder } from '../../views/ledger.js';

/**
 * The bytes of definitions version 1. A report that was issued must come out the same for ever: whoever changes them
 * has to give the definitions another version, and to go on making this one.
 */
const DIGESTS: Readonly<Record<Format, string>> = {
  html: 'cf13d7b47631b8aedbcbab9299b66cdc0d6e70f74efcdebb25dbafdc22efc0b5',
  json: 'ee2d4cf7d262a25ec2452e3a02782a7e63b8d2d27deee9c591fd47d666cfaa4b',
  csv: '06eb10db21de14152d2f58fbe964d66073416d0fe35e8abf88c0693a05d30076',
  md: '8c13cbafce9edbe4c5c200f5f6cf0da1a71d24a2b671b86ace33b1201f706d5a',
  pdf: '4b0d3933f10a7bf641eca253c34adb9271e4b97c307ca7bcc1b31f74ea8b7328',
  xlsx: 'acd5e6c71fea979e54a14464efcaa570808453133244c0703bb5872e2a895739',
};

/** Two environments, a switch that was rolled back, one that an incident blames, a refusal and an open candidate. */
function tell(ledger: FakeLedger): void {
  const stream = 'environment-production';
  const promoted = (artifact: string, environment: string, replaced?: string) => {
    const data = { ...promotionFacts({ artifact, environment, changeId: ledger.nextId }), strategy: 'all-at-once' };
    const before = replaced === undefined ? {} : { replaced: { digest: replaced } };
    return ledger.append({
      stream: `environment-${environment}`,
      type: 'ArtifactPromoted.v1',
      data: { ...data, ...before, recycled: true, unchanged: false },
    });
  };
  ledger.append(defined('staging'));
  ledger.append(defined('production', 'staging'));
  const shop = { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] };
  for (const type of ['PipelineRegistered.v1', 'PipelineSuspended.v1', 'PipelineReinstated.v1']) {
    ledger.append({ stream: 'pipeline-shop', type, data: shop, remarks: { reason: 'the runner' } });
  }
  for (const artifact of ['1', '2', '3', '4']) ledger.append(baked(artifact));
  for (const artifact of ['1', '2', '3']) promoted(artifact, 'staging');
  promoted('1', 'production');
  const failing = promoted('2', 'production');
  const withdrawn = facts({ artifact: '2', changeId: failing.id });
  const rollBack = { ...facts({ artifact: '1', changeId: ledger.nextId }), withdrawn, unchanged: false };
  ledger.append({ stream, type: 'ArtifactRolledBack.v1', data: rollBack, remarks: { reason: '=cmd|<b>' } });
  const blamed = promoted('3', 'production');
  const incident = { id: 'INC-1', severity: 'P2', environment: 'production', service: 'payments', startedAt: at(16) };
  const named = facts({ artifact: '3', changeId: blamed.id });
  ledger.append({ stream: 'incident-INC-1', type: 'IncidentReported.v1', data: { ...incident, blamed: named } });
  ledger.append({ stream: 'incident-INC-1', type: 'IncidentResolved.v1', data: { id: 'INC-1', resolvedAt: at(17) } });
  const refused = { command: 'promote', subject: { service: 'payments' }, environment: 'production' };
  ledger.append({
    stream: `refusal-${ledger.nextId}`,
    type: 'ChangeRefused.v1',
    data: { ...refused, reason: 'stage-skipped', detail: 'It was never in staging.', rule: 'always', hint: '' },
  });
  const candidate = promotionFacts({ artifact: '4', changeId: ledger.nextId });
  ledger.append({ stream, type: 'PromotionStarted.v1', data: candidate, remarks: { reason: 'a new one' } });
}

describe('a report of definitions version 1', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let database: WriteDatabase;
  let report: ReportDocument;

  beforeAll(async () => {
    folder = temporaryFolder();
    database = await WriteDatabase.open(`sqlite:${join(folder.path, 'views.db')}`);
    const ledger = new FakeLedger();
    tell(ledger);
    const runner = await ProjectionRunner.start(ledger, database, PROJECTORS);
    while (await runner.step());
    const { source } = database;
    const position = await ledger.head();
    const scope = { environments: ['production'], from: at(0), to: at(7 * 1_440), position, definitions: 1 };
    report = await buildReport({ report: 'advisory-board', ...scope }, { source, views: new ViewQueries(source) });
  });
  afterAll(async () => {
    await database.close();
    folder.remove();
  });

  it.each(Object.entries(DIGESTS) as [Format, string][])(
    'has the bytes that it always had as %s',
    async (format, digest) => {
      const bytes = await render(report, format);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
    },
  );

  it('lists what was loosened', () => {
    const tables = report.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'table' ? block.table : [])),
    );
    const fences = tables.find(({ id }) => id === 'loosened-fences');
    expect(fences?.rows.map(([, what, where]) => [what, where])).toEqual([
      [{ text: 'suspension lifted', link: expect.anything() }, 'shop'],
    ]);
  });

  it('has every section of the page in its order', () => {
    expect(report.sections.map(({ id }) => id)).toEqual([
      ...['summary', 'decisions', 'schedule', 'completed-changes', 'exceptions', 'environments', 'metrics', 'actions'],
      'appendix',
    ]);
  });
});
