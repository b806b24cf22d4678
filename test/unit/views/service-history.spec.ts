import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EnvironmentEvent } from '../../../src/domain/environment/events.js';
import type { Happened } from '../../../src/domain/event.js';
import { rollBackTargets } from '../../../src/domain/environment/rollback.js';
import { evolve, initialState, serviceOf } from '../../../src/domain/environment/state.js';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { findWayBack } from '../../../src/reports/dossier/find-way-back.js';
import type { WriteDatabase } from '../../../src/views/database.js';
import { PROJECTORS } from '../../../src/views/projectors.js';
import { ViewQueries } from '../../../src/views/queries.js';
import { ProjectionRunner } from '../../../src/views/runner.js';
import { describeOnOpenViews, type OpenViews } from '../../support/every-database.js';
import { digestOf, type FakeLedger } from './ledger.js';
import { ENVIRONMENTS, steps, tell } from './model.js';

let database: WriteDatabase;
let queries: ViewQueries;
let runs: OpenViews['runs'];

const use = (views: OpenViews): void => {
  ({ database, runs } = views);
  queries = new ViewQueries(views.source);
};

async function project(ledger: FakeLedger): Promise<void> {
  const runner = await ProjectionRunner.start(ledger, database, PROJECTORS);
  await runner.restart();
  while (await runner.step());
}

function decided(events: readonly RecordedEvent[], environment: string) {
  const state = events
    .filter(({ stream }) => stream === `environment-${environment}`)
    .map((event) => ({ ...event, data: JSON.parse(event.data) as unknown, remarks: {} }))
    .reduce((before, event) => evolve(before, event as unknown as Happened<EnvironmentEvent>), initialState());
  if (state.status === 'undefined') throw new Error('the model defines every environment');
  return state;
}

describeOnOpenViews('the history of a service', use, () => {
  it('knows how a digest stands as the view of standings does, at the head', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const ledger = tell(history);
        await project(ledger);
        for (const environment of ENVIRONMENTS) {
          for (const artifact of ['a', 'b', 'c', 'd']) {
            const digest = digestOf(artifact);
            const at = await queries.knownGood.standingAt(environment, digest, ledger.events.length - 1);
            const now = await queries.knownGood.standing(environment, digest);
            expect(at && { sinceRecordedAt: at.sinceRecordedAt, sinceOccurredAt: at.sinceOccurredAt }).toEqual(now);
          }
        }
      }),
      { numRuns: runs(40) },
    );
  });

  it('finds the way back that the rules of a roll-back would take, at any position', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat({ max: 70 }), async (history, asked) => {
        const ledger = tell(history);
        await project(ledger);
        const position = Math.max(1, Math.min(asked, ledger.events.length - 1));
        for (const environment of ENVIRONMENTS) {
          const state = decided(ledger.events.slice(0, position + 1), environment);
          for (const service of state.services.keys()) {
            if (!serviceOf(state, service).live) continue;
            const [expected] = rollBackTargets({ kind: 'roll-back', environment, service, remarks: {} }, state);
            const stays = await queries.knownGood.staysBy({ environment, service }, position, 17);
            const found = await findWayBack(stays, { environment, position }, queries);
            expect(found?.digest).toBe(expected?.digest);
          }
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
