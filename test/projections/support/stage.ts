import { afterAll, beforeAll } from '@jest/globals';
import { describeOn, startEngine } from './engine.js';
import { Views } from './views.js';

/** What a test of a projection needs: the real engine, and tables of the same ledger to hold it against. */
export async function openStage() {
  const { describeOnEngine, engine } = describeOn(await startEngine());
  const views = new Views();
  beforeAll(() => views.open());
  afterAll(async () => {
    engine.stop();
    await views.close();
  });
  return { describeOnEngine, engine, views };
}
