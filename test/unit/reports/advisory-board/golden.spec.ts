import { expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { buildReport } from '../../../../src/reports/advisory-board/report.js';
import type { ReportDocument } from '../../../../src/reports/document/document.js';
import type { Format } from '../../../../src/reports/formats.js';
import { render } from '../../../../src/reports/render.js';
import { PROJECTORS } from '../../../../src/views/projectors.js';
import { ViewQueries } from '../../../../src/views/queries.js';
import { ProjectionRunner } from '../../../../src/views/runner.js';
import { describeOnOpenViews, type OpenViews } from '../../../support/every-database.js';
import { at, baked, defined, facts, FakeLedger, promotionFacts } from '../../views/ledger.js';

/**
 * The bytes of definitions version 1. A report that was issued must come out the same for ever: whoever changes them
 * has to give the definitions another version, and to go on making this one.
 */
const DIGESTS: Readonly<Record<Format, string>> = {
  html: 'dd78f513dfd83147b19e12bae3338631e53a2da354706dc4536f8b6fa305c6d1',
  json: '840aef1ee15a9194d56a52acccc833e69313887081b3212f4ada3dfd45747cd6',
  csv: '594920af3f830885920f974958c4514e1b8494e66b56c5a157c55af255b9d576',
  md: '35379900294d5606eaa30bbe2636501a890136b9e1c78136c51ff711e3c324da',
  pdf: 'fa420cf79bd0003b381f4a980aa659b001dd690f2f29d7434c925864bfd68703',
  xlsx: '1daa54f799bec4c0ee5ed996a496f285751fce963c2f39062a03d651191a6d15',
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

let report: ReportDocument;

async function make({ database, source }: OpenViews): Promise<void> {
  const ledger = new FakeLedger();
  tell(ledger);
  const runner = await ProjectionRunner.start(ledger, database, PROJECTORS);
  while (await runner.step());
  const position = await ledger.head();
  const scope = { environments: ['production'], from: at(0), to: at(7 * 1_440), position, definitions: 1 };
  report = await buildReport({ report: 'advisory-board', ...scope }, { source, views: new ViewQueries(source) });
}

describeOnOpenViews('a report of definitions version 1', make, () => {
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
