import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { Change } from '../../src/views/changes/entity.js';
import { Incident } from '../../src/views/incidents/entity.js';
import { FakeLedger, promotionFacts } from '../unit/views/ledger.js';
import { ENVIRONMENTS } from '../unit/views/model.js';
import { histories } from './support/history.js';
import { skippedOf, spoiltHistories, withoutSkipped } from './support/malformed.js';
import { stored, type StoredEvent } from './support/stored.js';
import { openStage } from './support/stage.js';

const NONE = { switches: 0, rollbacks: 0, failures: 0, refusals: 0, incidents: 0 };
type Figures = typeof NONE;
interface Months {
  readonly months: Readonly<Record<string, Figures>>;
  readonly skipped: number;
}

const { describeOnEngine, engine, views } = await openStage();

const run = async (events: readonly StoredEvent[]) => (await engine.run<Months>('monthly-figures', events)).states;

/** The same figures from the tables, by environment and month. */
async function figuresOf(source: DataSource): Promise<Record<string, { months: Record<string, Figures> }>> {
  const places: Record<string, { months: Record<string, Figures> }> = {};
  const count = (environment: string | null, at: string, figure: keyof Figures) => {
    const { months } = (places[environment ?? '(none)'] ??= { months: {} });
    (months[at.slice(0, 7)] ??= { ...NONE })[figure] += 1;
  };
  for (const change of await source.manager.find(Change)) {
    const { environment, kind, effect, finalOutcome, finishedOccurredAt: at } = change;
    if (at === null) continue;
    if (finalOutcome === 'refused') count(environment, at, 'refusals');
    else if (finalOutcome === 'failed') count(environment, at, 'failures');
    else if (effect === 'switched') count(environment, at, kind === 'rollback' ? 'rollbacks' : 'switches');
  }
  for (const { environment, startedAt } of await source.manager.find(Incident))
    count(environment, startedAt, 'incidents');
  return places;
}

describeOnEngine('the projection monthly-figures', () => {
  it('counts by the month in which it happened, each environment by itself', async () => {
    const ledger = new FakeLedger();
    const promote = (environment: string, occurredAt: string, unchanged: boolean) =>
      ledger.append({
        stream: `environment-${environment}`,
        type: 'ArtifactPromoted.v1',
        occurredAt,
        data: { ...promotionFacts({ environment, artifact: 'a', changeId: 'one' }), recycled: true, unchanged },
      });
    promote('production', '2026-02-28T23:59:59.999Z', false);
    promote('production', '2026-03-01T00:00:00.000Z', false);
    promote('production', '2026-03-02T00:00:00.000Z', true);
    promote('staging', '2026-03-02T00:00:00.000Z', false);
    const incident = { id: 'i-1', severity: 'P1', environment: 'production', startedAt: '2026-02-01T00:00:00.000Z' };
    ledger.append({ stream: 'incident-i-1', type: 'IncidentReported.v1', data: incident });
    expect(await run(ledger.events.map(stored))).toEqual({
      production: {
        months: { '2026-02': { ...NONE, switches: 1, incidents: 1 }, '2026-03': { ...NONE, switches: 1 } },
        skipped: 0,
      },
      staging: { months: { '2026-03': { ...NONE, switches: 1 } }, skipped: 0 },
    });
  });

  it('says what changes and incidents say', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (ledger) => {
        await views.rebuildFrom(ledger, ['changes', 'incidents']);
        const states = await run(ledger.events.map(stored));
        expect(skippedOf(states)).toBe(0);
        expect(withoutSkipped(states, { months: {} })).toEqual(await figuresOf(views.source));
      }),
      { numRuns: 60 },
    );
  });

  it('skips malformed events and counts them, and says the same without them', async () => {
    const types = ['ArtifactPromoted.v1', 'ArtifactRolledBack.v1', 'CandidateFailed.v1'];
    const places = [
      ...types.flatMap((type) => ENVIRONMENTS.map((name) => [type, `environment-${name}`] as const)),
      ['ChangeRefused.v1', 'refusal-0'] as const,
      ['IncidentReported.v1', 'incident-0'] as const,
    ];
    await fc.assert(
      fc.asyncProperty(spoiltHistories(places), async ({ whole, spoilt, malformed }) => {
        const [clean, skipped] = [await run(whole), await run(spoilt)];
        expect(skippedOf(skipped)).toBe(malformed);
        expect(withoutSkipped(skipped, { months: {} })).toEqual(withoutSkipped(clean, { months: {} }));
      }),
      { numRuns: 60 },
    );
  });
});
