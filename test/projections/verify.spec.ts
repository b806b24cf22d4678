import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { cairn, temporaryFolder, type Ended } from '../e2e/cli/cairn.js';
import { digestOf, type FakeLedger, promotionFacts } from '../unit/views/ledger.js';
import { tell } from '../unit/views/model.js';
import { StandIn, type Trouble } from './support/stand-in.js';
import { Views } from './support/views.js';

const FINGERPRINT = /^[0-9a-f]{64}$/;
const live = { web: digestOf('a') };
const EMPTY = { seen: 0, revision: 0, live: {}, skipped: 0 };

function ledgerOf(): FakeLedger {
  const ledger = tell([]);
  const promoted = promotionFacts({ service: 'web', artifact: 'a', changeId: ledger.nextId });
  const data = { ...promoted, strategy: 'all-at-once', recycled: true, unchanged: false };
  ledger.append({ stream: 'environment-production', type: 'ArtifactPromoted.v1', data });
  return ledger;
}

const views = new Views();
let server: StandIn;
beforeAll(async () => {
  await views.open();
  await views.rebuildFrom(ledgerOf());
});
afterAll(() => views.close());
beforeEach(async () => {
  server = await StandIn.start();
  await cairn(['projections', 'deploy'], { CAIRN_EVENT_STORE: server.address });
  server.states.set('staging', EMPTY);
  server.states.set('production', { seen: 1, revision: 1, live, skipped: 0 });
});
afterEach(() => server.stop());

const verify = (args: readonly string[] = [], settings: Record<string, string> = {}): Promise<Ended> =>
  cairn(['verify', '--cross-check', '--wait', '0', ...args], {
    ...{ CAIRN_EVENT_STORE: server.address, CAIRN_DATABASE: views.url },
    ...settings,
  });

interface Result {
  readonly outcome: string;
  readonly environments: readonly { readonly projection: { readonly fingerprint: string } }[];
}

describe('cairn verify --cross-check', () => {
  it('shows both fingerprints of each environment, and ends with 0 where they are equal', async () => {
    const { code, stdout, stderr } = await verify();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ +production +1 +([0-9a-f]{16}…) +\1 +equal$/m);
    expect(stdout).toMatch(/^ +staging +0 +([0-9a-f]{16}…) +\1 +equal$/m);
    expect(stdout).toContain('Both derivations say the same of 2 environments.');
  });

  it('says it as JSON', async () => {
    const { code, stdout } = await verify(['--json']);
    const result = JSON.parse(stdout) as Result;
    expect({ code, outcome: result.outcome }).toEqual({ code: 0, outcome: 'equal' });
    expect(result.environments).toMatchObject([{ environment: 'production' }, { environment: 'staging' }]);
    for (const { projection } of result.environments) expect(projection.fingerprint).toMatch(FINGERPRINT);
  });

  it('names the services that differ, with both digests, and ends with 1', async () => {
    server.states.set('production', { seen: 1, revision: 1, live: { ...live, api: digestOf('b') }, skipped: 3 });
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ +production +1 .+ different$/m);
    expect(stdout).toContain(`  api\n    projection  ${digestOf('b')}\n    tables      not live\n`);
    expect(stdout).toContain('production: the projection skipped 3 events that it could not read');
    const json = JSON.parse((await verify(['--json'])).stdout) as Result;
    expect(json).toMatchObject({
      outcome: 'different',
      environments: [{ differences: [{ service: 'api', projection: digestOf('b') }] }, { outcome: 'equal' }],
    });
  });

  it('says what only the revision of the last move tells', async () => {
    server.states.set('production', { seen: 1, revision: 0, live, skipped: 0 });
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toContain('the same services, last moved at revision 0 by the projection and 1 by the tables');
  });

  it('says how far each is, and ends with 69, where one has not caught up', async () => {
    server.states.delete('staging');
    server.states.set('production', { ...EMPTY, seen: 4, live });
    const { code, stdout } = await verify();
    expect(code).toBe(69);
    expect(stdout).toContain(
      'staging: the projection has come to revision none, the tables to 0, after 0 s of waiting',
    );
    expect(stdout).toContain('production: the projection has come to revision 4, the tables to 1,');
    expect(stdout).toContain('What could be compared is equal, and not everything could be.');
  });

  it('waits for what is behind', async () => {
    server.states.delete('staging');
    const waiting = verify(['--wait', '20']);
    setTimeout(() => server.states.set('staging', EMPTY), 1_500);
    expect((await waiting).code).toBe(0);
  });
});

describe('cairn verify', () => {
  it.each<[settings: Record<string, string>, code: number, says: RegExp]>([
    [{ CAIRN_EVENT_STORE: 'sqlite:data/ledger.db' }, 78, /must name a KurrentDB server.*names sqlite: instead/],
    [{ CAIRN_EVENT_STORE: '' }, 78, /must name a KurrentDB server/],
    [{ CAIRN_EVENT_STORE: 'esdb://admin:a-secret-word@127.0.0.1:1?tls=false' }, 69, /cannot be reached/],
    [{ CAIRN_DATABASE: 'mysql://cairn:a-secret-word@host/db' }, 78, /CAIRN_DATABASE/],
    [{ CAIRN_DATABASE: 'sqlite:/not/there.db' }, 69, /no tables to compare with.*it is not there.*\n.*cairn rebuild/],
  ])('says so: %j', async (settings, expected, says) => {
    const { code, stdout, stderr } = await verify([], settings);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('a-secret-word');
  });

  it.each<[trouble: Trouble, code: number, says: RegExp]>([
    ['projections are off', 69, /Projections are not enabled/],
    ['wrong credentials', 77, /does not take these credentials/],
    ['silent', 69, /did not answer in time/],
  ])('says so: %s', async (trouble, expected, says) => {
    server.trouble = trouble;
    const { code, stdout, stderr } = await verify();
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(says);
  });

  it('says what to do where the projection is not there, stands still, has stopped or is another one', async () => {
    const kept = server.projections.get('cairn-known-good');
    if (!kept) throw new Error('it was not deployed');
    server.states.set('production', { revision: 1, live, skipped: 0 });
    expect(await verify()).toMatchObject({ code: 69, stderr: expect.stringContaining('keeps another state') });
    kept.Enabled = false;
    expect(await verify()).toMatchObject({ code: 69, stderr: expect.stringContaining('it is Stopped') });
    kept.faulted = 'It threw.';
    const faulted = await verify();
    expect(faulted).toMatchObject({ code: 69, stderr: expect.stringContaining('Faulted (Enabled): It threw.') });
    expect(faulted.stderr).toContain('cairn projections deploy enables it again');
    server.projections.delete('cairn-known-good');
    const missing = await verify();
    expect(missing).toMatchObject({ code: 69, stderr: expect.stringContaining('is not on the server') });
    expect(missing.stderr).toContain('cairn projections deploy puts it there');
  });

  it('says so where a database has no views, or knows nothing yet', async () => {
    const folder = temporaryFolder();
    const empty = new Views();
    await empty.open();
    expect(await verify([], { CAIRN_DATABASE: empty.url })).toMatchObject({
      ...{ code: 69, stderr: expect.stringContaining('the views know nothing yet') },
    });
    await empty.close();
    new Database(join(folder.path, 'other.db')).exec('CREATE TABLE other (id INTEGER)').close();
    expect(await verify([], { CAIRN_DATABASE: `sqlite:${join(folder.path, 'other.db')}` })).toMatchObject({
      ...{ code: 69, stderr: expect.stringContaining('no views that this version can read') },
    });
    folder.remove();
  });

  it.each([
    [['verify', '--cross-check', '--wait', '601'], /--wait must be a whole number of seconds from 0 to 600, not 601/],
    [['verify', '--cross-check', '--wait', '-1'], /--wait/],
  ])('does not take %j', async (args, says) => {
    const { code, stderr } = await cairn(args, { CAIRN_EVENT_STORE: server.address, CAIRN_DATABASE: views.url });
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});
