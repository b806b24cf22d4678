import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Change } from '../../src/views/changes/entity.js';
import { at, FakeLedger } from '../unit/views/ledger.js';
import { histories } from './support/history.js';
import { spoiltHistories } from './support/malformed.js';
import { stored, type StoredEvent } from './support/stored.js';
import { openStage } from './support/stage.js';

interface Refusals {
  readonly total: number;
  readonly reasons: Readonly<
    Record<
      string,
      { count: number; environments: Record<string, number>; last: { stream: string; occurredAt: string | null } }
    >
  >;
  readonly skipped: number;
}

const { describeOnEngine, engine, views } = await openStage();

const NONE: Refusals = { total: 0, reasons: {}, skipped: 0 };
const run = async (events: readonly StoredEvent[]) =>
  (await engine.run<Refusals>('refusals-by-reason', events)).states[''] ?? NONE;

const refused = (id: string, reason: string, environment?: string) => ({
  stream: `refusal-${id}`,
  type: 'ChangeRefused.v1',
  data: {
    command: 'promote',
    subject: {},
    reason,
    detail: '',
    rule: '',
    hint: '',
    ...(environment && { environment }),
  },
});

describeOnEngine('the projection refusals-by-reason', () => {
  it('counts by reason and environment, and names the last', async () => {
    const ledger = new FakeLedger();
    ledger.append(refused('1', 'stage-skipped', 'production'));
    ledger.append(refused('2', 'stage-skipped', 'constructor'));
    ledger.append(refused('3', 'pipeline-suspended'));
    ledger.append({ ...refused('4', 'stage-skipped', 'production'), stream: 'elsewhere-4' });
    expect(await run(ledger.events.map(stored))).toEqual({
      total: 3,
      reasons: {
        'stage-skipped': {
          count: 2,
          environments: { production: 1, constructor: 1 },
          last: { stream: 'refusal-2', occurredAt: at(1) },
        },
        'pipeline-suspended': {
          count: 1,
          environments: { '(none)': 1 },
          last: { stream: 'refusal-3', occurredAt: at(2) },
        },
      },
      skipped: 0,
    });
  });

  it('says what the population of changes says', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (ledger) => {
        await views.rebuildFrom(ledger, ['changes']);
        const rows = await views.source.manager.find(Change, { where: { finalOutcome: 'refused' } });
        const counted: Record<string, Record<string, number>> = {};
        for (const { reason, environment } of rows) {
          const places = (counted[reason ?? ''] ??= {});
          places[environment ?? '(none)'] = (places[environment ?? '(none)'] ?? 0) + 1;
        }
        const { total, reasons, skipped } = await run(ledger.events.map(stored));
        expect({ total, skipped }).toEqual({ total: rows.length, skipped: 0 });
        expect(
          Object.fromEntries(Object.entries(reasons).map(([reason, { environments }]) => [reason, environments])),
        ).toEqual(counted);
      }),
      { numRuns: 60 },
    );
  });

  it('skips malformed refusals and counts them, and says the same without them', async () => {
    await fc.assert(
      fc.asyncProperty(spoiltHistories([['ChangeRefused.v1', 'refusal-0']]), async ({ whole, spoilt, malformed }) => {
        expect(await run(spoilt)).toEqual({ ...(await run(whole)), skipped: malformed });
      }),
      { numRuns: 60 },
    );
  });
});
