import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize } from 'json-canonicalize';
import { changesProjector } from '../../../src/views/changes/projector.js';
import { ChangeQueries, type ChangeFilter, type ChangeRow } from '../../../src/views/changes/queries.js';
import { CHANGE_FIELDS, picked, RAW_COLUMNS, rowAt } from '../../../src/views/changes/row.js';
import type { WriteDatabase } from '../../../src/views/database.js';
import { ProjectionRunner } from '../../../src/views/runner.js';
import { compareCodeUnits } from '../../../src/views/order.js';
import { describeOnOpenViews, type OpenViews } from '../../support/every-database.js';
import { at, digestOf } from './ledger.js';
import { steps, tell } from './model.js';

let database: WriteDatabase;
let queries: ChangeQueries;
let runs: OpenViews['runs'];

const use = (views: OpenViews): void => {
  ({ database, runs } = views);
  queries = new ChangeQueries(views.source);
};

const some = (...values: string[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }), { nil: undefined });
const time = fc.option(fc.nat(90).map(at), { nil: undefined });
const filters = fc.record({
  environment: some('staging', 'production', 'nowhere'),
  service: some('payments', 'ledger', 'web'),
  outcome: some('in-progress', 'succeeded', 'failed', 'abandoned', 'rolled-back', 'refused'),
  digest: some(...['a', 'b', 'c', 'd'].map(digestOf)),
  type: some('normal', 'standard'),
  kind: some('promotion', 'rollback', 'retirement'),
  effect: some('switched', 'none'),
  clock: fc.constantFrom('recorded', 'occurred'),
  on: fc.constantFrom('started', 'finished'),
  from: time,
  to: time,
});

const ANY = {
  environment: undefined,
  service: undefined,
  outcome: undefined,
  digest: undefined,
  type: undefined,
  kind: undefined,
  clock: 'recorded' as const,
  on: 'started' as const,
  from: undefined,
  to: undefined,
};
const ONE = { environment: 'production', service: 'web', artifact: 'a', later: 0 } as const;
/** A candidate that has been started, and switched to one position later. */
const SWITCHED = (['start', 'switch'] as const).map((act) => ({ ...ONE, act }));

async function every(filter: ChangeFilter, position: number, order: 'asc' | 'desc' = 'asc'): Promise<ChangeRow[]> {
  const rows: ChangeRow[] = [];
  for await (const chunk of queries.all(filter, position, order)) rows.push(...chunk);
  return rows;
}

/** What the filter means, asked of every row in turn. */
function straightLine(rows: readonly ChangeRow[], { clock, on, from, to, ...fields }: ChangeFilter): ChangeRow[] {
  const end = `${on ?? 'started'}${clock === 'occurred' ? 'OccurredAt' : 'At'}` as keyof ChangeRow;
  return rows.filter((row) => {
    const when = row[end] as string | undefined;
    if (from !== undefined && !(when !== undefined && when >= from)) return false;
    if (to !== undefined && !(when !== undefined && when < to)) return false;
    return Object.entries(fields).every(
      ([name, values]) => !values?.length || values.includes(row[name as keyof ChangeRow] as string),
    );
  });
}

describeOnOpenViews('the population', use, () => {
  it('of any filters at any position is what asking every row gives, in both orders and counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(filters, { minLength: 5, maxLength: 15 }),
        fc.nat(60),
        async (history, asked, pin) => {
          const ledger = tell(history);
          const runner = await ProjectionRunner.start(ledger, database, [changesProjector]);
          await runner.restart();
          while (await runner.step());
          const position = Math.min(pin, ledger.events.length - 1);
          const everything = await every({}, position);
          for (const each of asked) {
            const filter = Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined));
            const expected = straightLine(everything, filter);
            expect(await every(filter, position)).toEqual(expected);
            expect(await every(filter, position, 'desc')).toEqual([...expected].reverse());
            expect(await queries.count(filter, position)).toBe(expected.length);
            const { rows } = await queries.page(filter, { position, limit: 3, order: 'desc' });
            expect(rows).toEqual([...expected].reverse().slice(0, 3));
          }
        },
      ),
      // What came of a change is not known before it ends.
      { numRuns: runs(60), examples: [[SWITCHED, [{ ...ANY, effect: ['switched'] }], 2]] },
    );
  });
});

describe('a row', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('=1+1', '\u202Eevil', '"\\\n', '👩🏽‍🚀', '𝕏\u2028'),
  );
  const raw = fc.tuple(
    fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9), fc.constant('succeeded')),
    fc.array(fc.option(text), { minLength: RAW_COLUMNS.length - 5, maxLength: RAW_COLUMNS.length - 5 }),
  );

  it('is written in the canonical form of RFC 8785', () => {
    expect([...CHANGE_FIELDS].sort(compareCodeUnits)).toEqual(CHANGE_FIELDS);
    fc.assert(
      fc.property(raw, fc.nat(9), ([positions, facts], position) => {
        const row = rowAt([...positions, ...facts], position);
        expect(JSON.stringify(row)).toBe(canonicalize(row));
        const some = picked(row, ['actor', 'changeId', 'outcome']);
        expect(JSON.stringify(some)).toBe(canonicalize(some));
      }),
    );
  });
});
