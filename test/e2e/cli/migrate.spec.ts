import { chmodSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { SqliteEventStore } from '../../../src/event-store/sqlite/store.js';
import { append, appends } from '../../contract/helpers/events.js';
import { StandIn } from '../../contract/kurrentdb/stand-in/stand-in.js';
import { ADMIN_TOKEN, cairn, hasControlCharacters, startCairn, stop, temporaryFolder, type Running } from './cairn.js';

const SECRET = 'a-password-nobody-may-see';

let folder: { path: string; remove: () => void };
let standIn: StandIn;
let running: Running[];
beforeEach(async () => {
  folder = temporaryFolder();
  standIn = await StandIn.start();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map(stop));
  await standIn.stop();
  folder.remove();
});

const start = (args: string[], settings: Record<string, string> = {}): Running => {
  const started = startCairn(args, settings);
  running.push(started);
  return started;
};
const migrate = (...more: string[]) =>
  cairn(['migrate', '--data', folder.path, ...more], { CAIRN_EVENT_STORE: standIn.url });

async function writeLedger(events: number): Promise<void> {
  const store = await SqliteEventStore.open({ file: join(folder.path, 'ledger.db') });
  for (let from = 0; from < events; from += 1_000) await store.appendAll(appends('environment-dev', 1_000, from - 1));
  await store.close();
}

describe('cairn migrate', () => {
  it('moves a month, after which a server there answers as the one here did', async () => {
    const demo = start(['demo', '--port', '0', '--data', folder.path]);
    await demo.until(/Ctrl-C stops it/);
    const [, url = '', token = ''] = await demo.until(/The ledger is at (\S+) [^]*may read:\n\n {2}(\S+)/);
    const before = await answersOf(url, token);
    expect(before.knownGood).toHaveLength(4);
    expect(before.events.length).toBeGreaterThan(100);
    await stop(demo);

    const moved = await migrate();
    // On a busy machine the server may take a second to answer, which is said.
    expect(moved).toMatchObject({ code: 0, stderr: expect.stringMatching(/^(Connecting to \S+…\n)?$/) });
    expect(moved.stdout).toContain(
      `${before.events.length} events, the last at position ${before.events.length - 1}: all leaf hashes are the same`,
    );
    expect(moved.stdout).toMatch(/^Root of the ledger \(RFC 6962, SHA-256\): [0-9a-f]{64}$/m);
    expect(hasControlCharacters(moved.stdout)).toBe(false);

    const there = start(['serve', '--port', '0', '--data', join(folder.path, 'there')], {
      CAIRN_EVENT_STORE: standIn.url,
    });
    const [, address = ''] = await there.until(/Cairn serves (http:\S+)/);
    expect(await answersOf(address, token, before.events.length - 1)).toEqual(before);
    expect(readdirSync(join(folder.path, 'there'))).not.toContain('ledger.db');
    await stop(there);
    expect((await there.ended).stdout).not.toContain('token');

    // What the page tells to do with the old file: the views in its folder are those of the new ledger too.
    renameSync(join(folder.path, 'ledger.db'), join(folder.path, 'ledger.db.moved'));
    chmodSync(join(folder.path, 'ledger.db.moved'), 0o400);
    const here = start(['serve', '--port', '0', '--data', folder.path], { CAIRN_EVENT_STORE: standIn.url });
    const [, again = ''] = await here.until(/Cairn serves (http:\S+)/);
    expect(await answersOf(again, token)).toEqual(before);
    const verified = await migrate('--verify', '--from', join(folder.path, 'ledger.db.moved'));
    expect(verified).toMatchObject({ code: 0, stdout: moved.stdout });
  });

  it('stops at Ctrl-C, goes on when it is started again, and compares when asked to', async () => {
    await writeLedger(3_000);
    const first = start(['migrate', '--data', folder.path], { CAIRN_EVENT_STORE: standIn.url });
    while (standIn.log.all.length < 500) await new Promise((resolve) => setTimeout(resolve, 5));
    first.process.kill('SIGINT');
    const ended = await first.ended;
    expect(ended.code).toBe(EXIT_CODES.interrupted);
    expect(ended.stderr).toMatch(
      /Stopped after [\d,]+ of 3,000 events\. Run the same command again to go on from there\.$/m,
    );
    const refused = await cairn(['serve', '--port', '0', '--data', join(folder.path, 'there')], {
      CAIRN_EVENT_STORE: standIn.url,
    });
    expect(refused.code).toBe(EXIT_CODES.inUse);
    expect(refused.stderr).toContain('A ledger is being moved to');

    const unmoved = await migrate('--verify');
    expect(unmoved).toMatchObject({ code: EXIT_CODES.failed, stdout: '' });
    expect(unmoved.stderr).toMatch(/^cairn: Only \d+ of 3000 events were moved there yet\.$/m);
    const second = await migrate();
    expect(second).toMatchObject({ code: 0 });
    expect(second.stdout).toMatch(/^[\d,]+ events had been copied before\.$/m);

    expect(await migrate('--verify')).toMatchObject({ code: 0 });
    const mark = standIn.log.stream('cairn-move') as unknown[];
    const [finished] = mark.splice(1);
    const unfinished = await migrate('--verify');
    expect(unfinished).toMatchObject({ code: EXIT_CODES.failed });
    expect(unfinished.stderr).toContain('The move was never finished');
    mark.push(finished);
    const [record] = standIn.log.stream('environment-dev') ?? [];
    Object.assign(record ?? {}, { data: Buffer.from('{"component":"another"}') });
    const differing = await migrate('--verify');
    expect(differing).toMatchObject({ code: EXIT_CODES.failed, stdout: '' });
    expect(differing.stderr).toMatch(/^Position 0: \S{36} has the leaf hash \w{64} here and \w{64} there\.$/m);
    expect(differing.stderr).toContain('1 of 3,000 events are not the same there.');
  });

  describe('says what is wrong', () => {
    it('when a server has the ledger', async () => {
      await writeLedger(1_000);
      const server = start(['serve', '--port', '0', '--data', folder.path], { CAIRN_ADMIN_TOKEN: ADMIN_TOKEN });
      await server.until(/Cairn serves/);
      const refused = await migrate();
      expect(refused).toMatchObject({ code: EXIT_CODES.inUse, stdout: '' });
      expect(refused.stderr).toMatch(/^cairn: .*in use by another Cairn/);
      expect(standIn.log.all).toEqual([]);
    });

    it('when there is no ledger, or nothing in it', async () => {
      const missing = await migrate();
      expect(missing).toMatchObject({ code: EXIT_CODES.input });
      expect(missing.stderr).toContain('There is no ledger at');
      expect(readdirSync(folder.path)).toEqual([]);
      await writeLedger(0);
      expect(await migrate('--from', join(folder.path, 'ledger.db'))).toMatchObject({ code: EXIT_CODES.input });
    });

    it('when another ledger is there', async () => {
      await writeLedger(1_000);
      const { KurrentDbEventStore } = await import('../../../src/event-store/kurrentdb/store.js');
      const there = await KurrentDbEventStore.open({ url: standIn.url, prefixes: ['pipeline-'] });
      await there.appendAll([append('pipeline-there', -1)]);
      await there.close();
      const refused = await migrate();
      expect(refused).toMatchObject({ code: EXIT_CODES.config, stdout: '' });
      expect(refused.stderr).toContain('There is a ledger already, of 1 events, that was not moved there.');
    });

    it('when the setting names no KurrentDB, or one that is not there, without the password', async () => {
      await writeLedger(1_000);
      const run = (url: string) => cairn(['migrate', '--data', folder.path], { CAIRN_EVENT_STORE: url });
      expect(await run('sqlite:other.db')).toMatchObject({ code: EXIT_CODES.config });
      const closed = `esdb://cairn:${SECRET}@127.0.0.1:${standIn.publicPort}?tls=true`;
      const refused = await run(closed);
      expect(refused).toMatchObject({ code: EXIT_CODES.config, stdout: '' });
      expect(refused.stderr).not.toContain(SECRET);
    });
  });
});

/** What a reader sees of everything. */
async function answersOf(url: string, token: string, minPosition = 0) {
  const get = async <Body>(path: string): Promise<Body> => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Body;
  };
  interface Page {
    items: unknown[];
    next?: string;
  }
  const { environments } = await get<{ environments: { name: string }[] }>(
    `/v1/environments?minPosition=${minPosition}`,
  );
  const events: unknown[] = [];
  const first = '/v1/events?order=asc&limit=100';
  let path: string | undefined = first;
  while (path !== undefined) {
    const page: Page = await get<Page>(path);
    events.push(...page.items);
    path = page.next && `${first}&cursor=${encodeURIComponent(page.next)}`;
  }
  const moments = [Math.floor(events.length / 3), Math.floor(events.length / 2), events.length - 1];
  const all = (position: number) =>
    environments.map(({ name }) =>
      get<{ fingerprint: string }>(`/v1/environments/${name}/known-good?asOf=${position}`),
    );
  const knownGood = await Promise.all(all(events.length - 1));
  const earlier = await Promise.allSettled(moments.flatMap(all));
  return { environments, events, knownGood, earlier, changes: await get('/v1/changes?limit=500') };
}
