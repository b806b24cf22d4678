import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { StandIn } from '../../contract/kurrentdb/stand-in/stand-in.js';
import { describeOn, startEngine } from '../../projections/support/engine.js';
import { StandIn as ProjectionsStandIn } from '../../projections/support/stand-in.js';
import { knownDatabaseOf } from '../../support/database-of.js';
import { cairn } from '../cli/cairn.js';
import { bakeOf, digestOf, promotionOf, setUpShop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

const { describeOnEngine, engine } = describeOn(await startEngine());

/** Stands for one server: its streams are in the one, its projections in the other. */
let store: StandIn;
let projections: ProjectionsStandIn;
let server: TestServer;
beforeAll(async () => {
  store = await StandIn.start();
  projections = await ProjectionsStandIn.start();
  server = await startTestServer(undefined, { CAIRN_EVENT_STORE: store.url });
});
afterAll(async () => {
  await server.stop();
  await store.stop();
  projections.stop();
  engine.stop();
});

/** Lets the real engine derive the states from the records that the store holds by now, all of them. */
async function project(): Promise<void> {
  const records = store.log.all.map(({ type, stream, revision, id, contentType, data, metadata }) => ({
    ...{ eventType: type, streamId: stream, sequenceNumber: revision, eventId: id },
    isJson: contentType === 'application/json',
    data: Buffer.from(data).toString(),
    metadata: Buffer.from(metadata).toString(),
  }));
  const { states } = await engine.run<object>('known-good', records);
  for (const [name, state] of Object.entries(states)) projections.states.set(name, state);
}

const verify = () =>
  cairn(['verify', '--cross-check', '--wait', '5', '--json'], {
    CAIRN_EVENT_STORE: projections.address,
    CAIRN_DATABASE: `sqlite:${join(server.folder, 'views.db')}`,
    ...knownDatabaseOf(server.folder),
  });

describeOnEngine('a server’s tables and the projection on what it has written', () => {
  it('are equal, also while the ledger grows, and tell a digest that only one has', async () => {
    await cairn(['projections', 'deploy'], { CAIRN_EVENT_STORE: projections.address });
    const shop = await setUpShop(server);
    const change = async (name: string): Promise<number> => {
      const digest = digestOf(name);
      await shop.pipeline.post('/v1/artifacts', bakeOf(digest));
      const path = '/v1/environments/dev/promotions';
      const { body } = await shop.pipeline.post<{ position: number }>(path, promotionOf(digest));
      return body.position;
    };
    await change('first');
    await shop.auditor.get(`/v1/environments?minPosition=${await change('second')}`);
    await project();
    expect(await verify()).toMatchObject({ code: 0, stderr: '' });
    // The tables are ahead of what the projection knew, until it goes on.
    await shop.auditor.get(`/v1/environments?minPosition=${await change('third')}`);
    const growing = verify();
    setTimeout(() => void project(), 1_000);
    const { code, stdout } = await growing;
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'equal' });
    expect(code).toBe(0);
    const dev = projections.states.get('dev') as { live: Record<string, string> };
    projections.states.set('dev', { ...dev, live: { 'shop-api': digestOf('second') } });
    const found = await verify();
    expect(found.code).toBe(1);
    expect(JSON.parse(found.stdout)).toMatchObject({
      outcome: 'different',
      environments: [
        { differences: [{ service: 'shop-api', projection: digestOf('second'), view: digestOf('third') }] },
        { outcome: 'equal' },
        { outcome: 'equal' },
      ],
    });
  });
});
