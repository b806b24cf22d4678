import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readChanges } from '../../../../src/reports/advisory-board/reading/changes.js';
import { PROJECTORS } from '../../../../src/views/projectors.js';
import { ViewQueries } from '../../../../src/views/queries.js';
import { ProjectionRunner } from '../../../../src/views/runner.js';
import { describeOnOpenViews, type OpenViews } from '../../../support/every-database.js';
import { at } from '../../views/ledger.js';
import { steps, tell } from '../../views/model.js';

let views: OpenViews;

describeOnOpenViews(
  'the changes of a report',
  (open) => {
    views = open;
  },
  () => {
    it('soaked in the stage before since when each digest stood there, whatever was withdrawn and came again', async () => {
      const queries = new ViewQueries(views.source);
      const period = { from: at(-1), to: at(100_000) };
      const environment = { name: 'production', promotesFrom: 'staging' };
      await fc.assert(
        fc.asyncProperty(steps, fc.nat(60), fc.boolean(), async (history, pin, isShown) => {
          const ledger = tell(history);
          const runner = await ProjectionRunner.start(ledger, views.database, PROJECTORS);
          await runner.restart();
          while (await runner.step());
          const position = Math.min(pin, ledger.events.length - 1);
          const changes = await readChanges(views.source, { environment, period, position, isShown });
          const all = { environment: ['production'], on: 'finished', clock: 'occurred', ...period } as const;
          expect(changes).toHaveLength(await queries.changes.count(all, position));
          for (const { fact } of changes) {
            const { digest = '' } = (await queries.changes.get(fact.changeId, position)) ?? {};
            const stood = await queries.knownGood.standingAt('staging', digest, fact.position - 1);
            const isMove = fact.kind === 'promotion' && fact.effect === 'switched';
            expect(fact.soakSince).toBe(isMove ? (stood?.sinceOccurredAt ?? null) : null);
          }
        }),
        { numRuns: views.runs(60) },
      );
    });
  },
);
