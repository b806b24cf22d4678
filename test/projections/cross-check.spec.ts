import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crossCheck, type Compared, type Derivations } from '../../src/cli/verify/cross-check.js';
import type { Projected } from '../../src/cli/verify/projected.js';
import { lastTabled, tabledAt } from '../../src/cli/verify/tabled.js';
import type { RecordedEvent } from '../../src/event-store/port.js';
import { ViewReader } from '../../src/views/reader.js';
import { digestOf, facts, type FakeLedger, promotionFacts } from '../unit/views/ledger.js';
import { ENVIRONMENTS, tell } from '../unit/views/model.js';
import { histories } from './support/history.js';
import { openStage } from './support/stage.js';
import { stored } from './support/stored.js';

const { describeOnEngine, engine, views } = await openStage();
let reader: ViewReader;
beforeAll(async () => {
  reader = await ViewReader.open(views.url);
});
afterAll(() => reader.close());

const tabled: Omit<Derivations, 'projected'> = {
  tabled: (environment, revision) => tabledAt(reader, environment, revision),
  lastTabled: (environment) => lastTabled(reader, environment),
};

const compare = (states: Readonly<Record<string, Projected>>, names = ENVIRONMENTS): Promise<Compared[]> =>
  crossCheck(names, { ...tabled, projected: (name) => Promise.resolve(states[name]) }, 0);

const statesAfter = async (events: readonly RecordedEvent[]): Promise<Readonly<Record<string, Projected>>> =>
  (await engine.run<Projected>('known-good', events.map(stored))).states;

/** An event that moves nothing, so that what was left out before it cannot look as if it were only late. */
const endOf = (ledger: FakeLedger, environment: string) =>
  ledger.append({
    ...{ stream: `environment-${environment}`, type: 'PromotionStarted.v1' },
    data: promotionFacts({ environment, service: 'other', artifact: 'd', changeId: 'last' }),
  });

describeOnEngine('the projection known-good and the tables', () => {
  it('say the same at every revision of any history', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (ledger) => {
        await views.rebuildFrom(ledger);
        const { steps } = await engine.run<Projected>('known-good', ledger.events.map(stored), { wantsSteps: true });
        for (const { partition, state } of steps) {
          const [compared] = await compare({ [partition]: state }, [partition]);
          const isLast = state.seen === (await lastTabled(reader, partition));
          // Not equal but behind, since the tables know what came after; what both know is the same.
          expect(compared).toMatchObject({ outcome: isLast ? 'equal' : 'behind', revision: state.seen });
          expect(compared?.projection.fingerprint).toBe(compared?.view.fingerprint);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('differ where the projection was not given an event that moved the live set last', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (ledger) => {
        for (const environment of ENVIRONMENTS) endOf(ledger, environment);
        await views.rebuildFrom(ledger);
        for (const environment of ENVIRONMENTS) {
          const whole = (await statesAfter(ledger.events))[environment];
          if (!whole || whole.revision === 0) continue;
          const isMissed = ({ stream, revision }: RecordedEvent) =>
            stream === `environment-${environment}` && revision === whole.revision;
          const [found] = await compare(await statesAfter(ledger.events.filter((event) => !isMissed(event))), [
            environment,
          ]);
          expect(found?.outcome).toBe('different');
        }
      }),
      { numRuns: 15 },
    );
  });

  it('differ where a row of the tables was changed, and the service is named with both digests', async () => {
    const ledger = tell([]);
    const live = { environment: 'production', artifact: 'a', changeId: ledger.nextId };
    ledger.append({
      ...{ stream: 'environment-production', type: 'ArtifactPromoted.v1' },
      data: { ...promotionFacts(live), strategy: 'all-at-once', recycled: true, unchanged: false },
    });
    await views.rebuildFrom(ledger);
    const states = await statesAfter(ledger.events);
    expect((await compare(states)).map(({ outcome }) => outcome)).toEqual(['equal', 'equal']);
    await views.source.query(`UPDATE known_good_intervals SET digest = '${digestOf('b')}'`);
    expect(await compare(states)).toMatchObject([
      { environment: 'staging', outcome: 'equal' },
      {
        environment: 'production',
        outcome: 'different',
        differences: [{ service: facts(live).service, projection: digestOf('a'), view: digestOf('b') }],
      },
    ]);
  });
});
