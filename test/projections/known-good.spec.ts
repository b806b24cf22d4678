import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf } from '../../src/views/known-good/fingerprint.js';
import { KnownGoodQueries } from '../../src/views/known-good/queries.js';
import { defined, digestOf, facts, FakeLedger, promotionFacts } from '../unit/views/ledger.js';
import { ENVIRONMENTS } from '../unit/views/model.js';
import { histories } from './support/history.js';
import { skippedOf, spoiltHistories, withoutSkipped } from './support/malformed.js';
import { stored } from './support/stored.js';
import { openStage } from './support/stage.js';

interface KnownGood {
  readonly seen: number;
  readonly revision: number;
  readonly live: Readonly<Record<string, string>>;
  readonly skipped: number;
}

const { describeOnEngine, engine, views } = await openStage();

/** What is skipped has been seen all the same. */
const withoutSeen = (states: Readonly<Record<string, KnownGood>>): Record<string, Omit<KnownGood, 'seen'>> =>
  Object.fromEntries(Object.entries(states).map(([name, { seen: _seen, ...state }]) => [name, state]));

const run = (events: Parameters<typeof engine.run>[1]) => engine.run<KnownGood>('known-good', events);

describeOnEngine('the projection known-good', () => {
  it('follows switches, roll-backs and retirements', async () => {
    const ledger = new FakeLedger();
    const environment = 'production';
    const tell = (type: string, data: object) => ledger.append({ stream: `environment-${environment}`, type, data });
    const promote = (artifact: string, changeId: string, service = 'payments') =>
      tell('ArtifactPromoted.v1', {
        ...promotionFacts({ artifact, changeId, service }),
        ...{ recycled: false, unchanged: false },
      });
    ledger.append(defined(environment));
    promote('a', 'one');
    promote('b', 'two');
    promote('c', 'three', 'web');
    tell('ArtifactRolledBack.v1', { ...facts({ artifact: 'a', changeId: 'four' }), unchanged: false });
    tell('ArtifactRetired.v1', facts({ artifact: 'b', changeId: 'five' }));
    expect((await run(ledger.events.map(stored))).states).toEqual({
      production: { seen: 5, revision: 4, live: { payments: digestOf('a'), web: digestOf('c') }, skipped: 0 },
    });
    tell('ServiceRetired.v1', { ...facts({ artifact: 'c', changeId: 'six', service: 'web' }), recycled: [] });
    expect((await run(ledger.events.map(stored))).states).toEqual({
      production: { seen: 6, revision: 6, live: { payments: digestOf('a') }, skipped: 0 },
    });
  });

  it('is not moved by what is live already', async () => {
    const ledger = new FakeLedger();
    const tell = (data: object) =>
      ledger.append({ stream: 'environment-production', type: 'ArtifactPromoted.v1', data: { ...data } });
    tell({ ...promotionFacts({ artifact: 'a', changeId: 'one' }), recycled: true, unchanged: false });
    tell({ ...promotionFacts({ artifact: 'a', changeId: 'two' }), recycled: true, unchanged: true });
    expect((await run(ledger.events.map(stored))).states['production']).toMatchObject({ revision: 0 });
  });

  it('is not moved by a stream that only looks like an environment’s, nor by a service called constructor', async () => {
    const ledger = new FakeLedger();
    const data = { recycled: true, unchanged: false };
    const promoted = { ...promotionFacts({ artifact: 'a', changeId: 'one', service: 'constructor' }), ...data };
    ledger.append({ stream: 'elsewhere-production', type: 'ArtifactPromoted.v1', data: promoted });
    ledger.append({ stream: 'environment-production', type: 'ArtifactPromoted.v1', data: promoted });
    ledger.append({ stream: 'environment-staging', type: 'ArtifactPromoted.v1', data: promoted });
    ledger.append({
      stream: 'environment-staging',
      type: 'ServiceRetired.v1',
      data: { ...promoted, ...{ environment: 'staging' } },
    });
    expect((await run(ledger.events.map(stored))).states).toEqual({
      production: { seen: 0, revision: 0, live: { constructor: digestOf('a') }, skipped: 0 },
      staging: { seen: 1, revision: 0, live: {}, skipped: 1 },
    });
  });

  it('says what the view says, at the end of any history', async () => {
    const queries = new KnownGoodQueries(views.source);
    await fc.assert(
      fc.asyncProperty(histories, async (ledger) => {
        await views.rebuildFrom(ledger, ['known-good']);
        const { states } = await run(ledger.events.map(stored));
        for (const environment of ENVIRONMENTS) {
          const seen = await queries.stateAt(environment, { position: ledger.events.length - 1 });
          const state = states[environment] ?? { revision: 0, live: {}, skipped: 0 };
          const services = Object.entries(state.live).map(([service, digest]) => ({ service, digest }));
          expect(fingerprintOf(services)).toBe(seen.fingerprint);
          expect(state).toMatchObject({ revision: seen.revision, skipped: 0 });
        }
      }),
      { numRuns: 100 },
    );
  });

  it('skips malformed events and counts them, and says the same without them', async () => {
    const types = ['ArtifactPromoted.v1', 'ArtifactRolledBack.v1', 'ServiceRetired.v1'];
    const places = types.flatMap((type) => ENVIRONMENTS.map((name) => [type, `environment-${name}`] as const));
    await fc.assert(
      fc.asyncProperty(spoiltHistories(places), async ({ whole, spoilt, malformed }) => {
        const [clean, skipped] = [await run(whole), await run(spoilt)];
        const nothing = { revision: 0, live: {} };
        expect(skippedOf(skipped.states)).toBe(malformed);
        expect(withoutSkipped(withoutSeen(skipped.states), nothing)).toEqual(
          withoutSkipped(withoutSeen(clean.states), nothing),
        );
      }),
      { numRuns: 60 },
    );
  });
});
