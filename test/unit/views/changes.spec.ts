import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changesProjector } from '../../../src/views/changes/projector.js';
import { ChangeQueries, OUTCOMES, type ChangeRow } from '../../../src/views/changes/queries.js';
import type { WriteDatabase } from '../../../src/views/database.js';
import { ProjectionRunner } from '../../../src/views/runner.js';
import { describeOnOpenViews, type OpenViews } from '../../support/every-database.js';
import { at, digestOf, facts, FakeLedger, promotionFacts } from './ledger.js';
import { steps, tell } from './model.js';

let database: WriteDatabase;
let queries: ChangeQueries;
let runs: OpenViews['runs'];

const use = (views: OpenViews): void => {
  ({ database, runs } = views);
  queries = new ChangeQueries(views.source);
};

async function project(ledger: FakeLedger): Promise<void> {
  const runner = await ProjectionRunner.start(ledger, database, [changesProjector]);
  await runner.restart();
  while (await runner.step());
}

async function allPages(position: number, order: 'asc' | 'desc', limit = 3): Promise<ChangeRow[]> {
  const rows: ChangeRow[] = [];
  for (let after: number | undefined; ;) {
    const page = await queries.page({}, { position, order, limit, after });
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    after = page.next;
  }
}

const stream = 'environment-production';

function life(): FakeLedger {
  const ledger = new FakeLedger();
  const changeId = ledger.nextId;
  const change = promotionFacts({ artifact: 'one', changeId });
  const remarks = { reason: 'new prices', ticket: 'CHG-1' };
  ledger.append({ stream, type: 'PromotionStarted.v1', data: change, remarks });
  ledger.append({ stream, type: 'CandidateValidated.v1', data: facts({ artifact: 'one', changeId }) });
  const replaced = { digest: digestOf('zero'), changeId: 'before' };
  ledger.append({
    stream,
    type: 'ArtifactPromoted.v1',
    data: { ...change, replaced, recycled: false, unchanged: false },
  });
  const withdrawn = { digest: digestOf('one'), changeId };
  const back = { ...facts({ artifact: 'zero', changeId: ledger.nextId }), withdrawn, unchanged: false };
  ledger.append({ stream, type: 'ArtifactRolledBack.v1', data: back, remarks: { reason: 'errors' }, actor: 'ann' });
  const subject = { digest: digestOf('one'), service: 'payments', pipeline: 'payments-ci', changeId };
  const refusal = { reason: 'candidate-not-validated', detail: 'No.', rule: 'always', hint: 'Validate.' };
  const data = { command: 'switch', subject, environment: 'production', ...refusal };
  ledger.append({ stream: 'refusal-x', type: 'ChangeRefused.v1', data });
  return ledger;
}

describeOnOpenViews('a change', use, () => {
  it('is one row that tells how far it had come at a position', async () => {
    const ledger = life();
    await project(ledger);
    const changeId = ledger.events[0]?.id ?? '';
    expect(await queries.get(changeId, -1)).toBeUndefined();
    const started = {
      ...{ firstPosition: 0, changeId, kind: 'promotion', environment: 'production', service: 'payments' },
      ...{ component: 'payments', layer: 'application', digest: digestOf('one'), version: 'one', type: 'normal' },
      ...{ strategy: 'blue-green', actor: 'ci', pipeline: 'payments-ci', channel: 'api', startedAt: at(0) },
      startedOccurredAt: at(0),
      ...{ ticket: 'CHG-1', note: 'new prices' },
    };
    const finished = {
      ...{ ...started, finishedAt: at(2), finishedOccurredAt: at(2) },
      ...{ replaced: digestOf('zero'), effect: 'switched' },
    };
    const back = { rolledBackOccurredAt: at(3), rolledBackBy: ledger.events[3]?.id };
    expect(await queries.get(changeId, 0)).toEqual({ ...started, outcome: 'in-progress', lastPosition: 0 });
    expect(await queries.get(changeId, 1)).toEqual({ ...started, outcome: 'in-progress', lastPosition: 1 });
    expect(await queries.get(changeId, 2)).toEqual({ ...finished, outcome: 'succeeded', lastPosition: 2 });
    expect(await queries.get(changeId, 3)).toEqual({
      ...finished,
      ...back,
      outcome: 'rolled-back',
      lastPosition: 3,
    });
  });

  it('is a row of its own when it is a roll-back or was refused', async () => {
    const ledger = life();
    await project(ledger);
    const { rows } = await queries.page({}, { position: 4, order: 'desc', limit: 2 });
    expect(rows).toMatchObject([
      { kind: 'promotion', outcome: 'refused', reason: 'candidate-not-validated', about: ledger.events[0]?.id },
      { kind: 'rollback', outcome: 'succeeded', actor: 'ann', replaced: digestOf('one'), note: 'errors' },
    ]);
  });

  it('is found by any value of a field and by all fields together', async () => {
    await project(life());
    const count = (filter: Parameters<ChangeQueries['count']>[0], position = 4) => queries.count(filter, position);
    expect(await count({})).toBe(3);
    expect(await count({ environment: ['production', 'staging'], kind: ['rollback', 'promotion'] })).toBe(3);
    expect(await count({ environment: ['staging'] })).toBe(0);
    expect(await count({ actor: ['ann'], outcome: ['succeeded'] })).toBe(1);
    expect(await count({ outcome: ['in-progress'] }, 1)).toBe(1);
    expect(await count({ outcome: ['in-progress'] })).toBe(0);
    expect(await count({ outcome: ['rolled-back', 'refused'] })).toBe(2);
    expect(await count({ reason: ['candidate-not-validated'], digest: [digestOf('one')], service: [] })).toBe(1);
    expect(await count({ from: at(3) })).toBe(2);
    expect(await count({ clock: 'occurred', from: at(0), to: at(3) })).toBe(1);
  });
});

describeOnOpenViews('pages pinned to a position', use, () => {
  it('do not change while new events arrive, and together are all there was', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(50), async (history, pin) => {
        const whole = tell(history);
        const ledger = new FakeLedger();
        ledger.events.push(...whole.events.slice(0, pin + 1));
        await project(ledger);
        const position = ledger.events.length - 1;
        const before = { asc: await allPages(position, 'asc'), desc: await allPages(position, 'desc') };
        const counts = await Promise.all(OUTCOMES.map((outcome) => queries.count({ outcome: [outcome] }, position)));

        ledger.events.push(...whole.events.slice(pin + 1));
        const runner = await ProjectionRunner.start(ledger, database, [changesProjector]);
        while (await runner.step());

        expect(await allPages(position, 'asc')).toEqual(before.asc);
        expect(await allPages(position, 'desc')).toEqual([...before.asc].reverse());
        expect(before.desc).toEqual([...before.asc].reverse());
        expect(await Promise.all(OUTCOMES.map((outcome) => queries.count({ outcome: [outcome] }, position)))).toEqual(
          counts,
        );
        expect(OUTCOMES.map((outcome) => before.asc.filter((row) => row.outcome === outcome).length)).toEqual(counts);
      }),
      { numRuns: runs(40) },
    );
  });
});
