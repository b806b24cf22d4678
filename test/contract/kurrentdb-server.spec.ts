import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, NO_STREAM, WrongExpectedVersionError } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { STREAM_PREFIXES } from '../../src/domain/streams.js';
import { checkEsdbUrl, withoutSecrets } from '../../src/event-store/esdb-url.js';
import { KurrentDbEventReader } from '../../src/event-store/kurrentdb/reader.js';
import { KurrentDbEventStore } from '../../src/event-store/kurrentdb/store.js';
import { append, appendAccepted, appends, everything, idsOf, newEvent, positionsOf, upTo } from './helpers/events.js';
import { eventually } from '../support/eventually.js';
import { StandIn } from './kurrentdb/stand-in/stand-in.js';

const QUICK = { attemptMs: 1_000, patienceMs: 600 };
const opened: { close(): Promise<unknown> }[] = [];

const open = async (url: string): Promise<KurrentDbEventStore> => {
  const store = await KurrentDbEventStore.open({ url, prefixes: STREAM_PREFIXES, times: QUICK });
  opened.push(store);
  return store;
};
const serve = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  opened.push({ close });
  return (server.address() as AddressInfo).port;
};
const standInWith = async (options: Parameters<typeof StandIn.start>[0] = {}): Promise<StandIn> => {
  const standIn = await StandIn.start(options);
  opened.push({ close: () => standIn.stop() });
  return standIn;
};
const tlsFile = (name: string): string => fileURLToPath(new URL(`./kurrentdb/tls/${name}`, import.meta.url));
const tls = () => ({ key: readFileSync(tlsFile('server.key')), cert: readFileSync(tlsFile('server.crt')) });

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

describe('a store that cannot be opened says why', () => {
  const failure = (url: string) =>
    open(url).then(
      () => 'opened',
      (error: unknown) => error,
    );
  const withCode = (code: string, message: RegExp) =>
    expect.objectContaining({
      name: 'StoreError',
      code,
      message: expect.stringMatching(message) as unknown,
    }) as unknown;

  it('when nothing listens', async () => {
    const standIn = await standInWith();
    await standIn.stop();
    expect(await failure(standIn.url)).toEqual(withCode('unavailable', /cannot be reached.*ECONNREFUSED/));
  });

  it('when the host has no address', async () => {
    expect(await failure('esdb://nowhere.invalid:2113?tls=false')).toEqual(
      withCode('unavailable', /cannot be reached/),
    );
  });

  it('when the user is not let in, without saying the password', async () => {
    const standIn = await standInWith();
    standIn.faults.isDenying = true;
    const error = await failure(standIn.url.replace('//', '//cairn:s3cret@'));
    expect(error).toEqual(withCode('denied', /does not let this user in/));
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret');
  });

  it('when the user may not read $all, which a subscription alone would never say', async () => {
    const standIn = await standInWith();
    standIn.faults.isDenyingAll = true;
    expect(await failure(standIn.url)).toEqual(withCode('denied', /read \$all/));
  });

  it('when nobody it knows has signed the certificate, and not when it knows who has', async () => {
    const standIn = await standInWith({ tls: tls() });
    expect(await failure(standIn.url)).toEqual(withCode('untrusted', /certificate.*tlsCAFile/is));
    const trusting = await open(`${standIn.url}&tlsCAFile=${encodeURIComponent(tlsFile('ca.crt'))}`);
    expect(await appendAccepted(trusting, append('artifact-a', -1))).toMatchObject({ position: 0 });
  });

  it('when the certificate’s file is not there', async () => {
    const error = await failure('esdb://cairn:s3cret@127.0.0.1:1?tlsCAFile=/nowhere/ca.crt');
    expect(error).toEqual(withCode('untrusted', /certificate file/));
    expect(String(error)).not.toContain('s3cret');
  });

  it('when one side speaks TLS and the other does not', async () => {
    const plain = await standInWith();
    expect(await failure(plain.url.replace('tls=false', 'tls=true'))).toEqual(withCode('untrusted', /speak TLS/));
    const secure = await standInWith({ tls: tls() });
    expect(await failure(secure.url.replace('tls=true', 'tls=false'))).toMatchObject({ name: 'StoreError' });
  });

  it('when it is a web server', async () => {
    const port = await serve(createHttpServer((_request, response) => response.writeHead(404).end()));
    expect(await failure(`esdb://127.0.0.1:${port}?tls=false`)).toEqual(withCode('foreign', /not as a KurrentDB/));
  });

  it('when something accepts and never answers', async () => {
    const port = await serve(createServer(() => undefined));
    expect(await failure(`esdb://127.0.0.1:${port}?tls=false`)).toMatchObject({
      name: 'StoreError',
      code: 'unavailable',
    });
  });

  it('when it is a follower whose leader is gone', async () => {
    const standIn = await standInWith();
    standIn.faults.leader = { host: '127.0.0.1', port: standIn.publicPort };
    expect(await failure(standIn.url)).toEqual(withCode('read-only', /not the leader/));
  });
});

describe('a URL', () => {
  it.each([
    ['esdb://', /must look like/],
    ['esdb://a b:2113', /host/],
    ['esdb://cairn:s3cret@a:2113?tls=maybe', /has tls/],
    ['esdb://cairn:s3cret@a:2113?tlsVerifyCert=false', /no effect.*tlsCAFile/],
    ['esdb://cairn:s3cret@a:2113?colour=blue', /an option that is none of tls, /],
    ['esdb://cairn:s3cret@a:2113?nodePreference=follower', /leader/],
    ['esdb://cairn:s3cret@a:2113?throwOnAppendFailure=false', /told apart/],
    ['esdb://cairn:s3cret@a:2113?keepAliveInterval=5', /10000/],
  ])('%s is refused with a reason and without its password', (url, message) => {
    expect(() => checkEsdbUrl(url)).toThrow(message);
    expect(() => checkEsdbUrl(url)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('s3cret') }),
    );
  });

  it('may name a cluster, a user and where its certificate is', () => {
    const url = 'esdb+discover://cairn:p%40ss@a:2113,b:2113?tls=true&tlsCAFile=%2Fca.crt&gossipTimeout=2';
    expect(() => checkEsdbUrl(url)).not.toThrow();
    expect(withoutSecrets(url)).not.toMatch(/cairn|p%40ss/);
  });
});

describe('on a server', () => {
  let standIn: StandIn;
  beforeEach(async () => {
    standIn = await standInWith();
  });

  it('finds the leader of a cluster by asking for its members', async () => {
    const store = await open(standIn.url.replace('esdb://', 'esdb+discover://'));
    expect(await appendAccepted(store, append('artifact-a', -1))).toMatchObject({ position: 0 });
    expect(standIn.calls['gossip']).toBeGreaterThan(0);
  });

  it('follows a follower to its leader', async () => {
    const leader = await standInWith();
    standIn.faults.leader = { host: '127.0.0.1', port: leader.publicPort };
    const store = await open(standIn.url);
    await appendAccepted(store, append('artifact-a', -1));
    expect(leader.log.stream('artifact-a')).toHaveLength(1);
  });

  it('never appends on the shared call of the batch path, which a broken connection could end the process with', async () => {
    await (await open(standIn.url)).appendAll(appends('artifact-a', 3));
    expect(standIn.calls['batchAppend']).toBeUndefined();
  });

  it('gives positions to its own streams only, and reads past others’', async () => {
    const other = EventStoreDBClient.connectionString(standIn.url);
    const store = await open(standIn.url);
    const foreign = (type: string) => jsonEvent({ type, data: { x: 1 }, id: randomUUID() });
    for (const stream of ['orders-1', 'environment-theirs', 'reportsmore']) {
      await other.appendToStream(stream, foreign('OrderPlaced'));
      await appendAccepted(
        store,
        append('environment-ours', (await store.readStream('environment-ours', 0, 9)).length - 1),
      );
    }
    const json = { type: 'OrderPlaced', contentType: 'application/json', data: Buffer.from('{}') };
    standIn.log.append('environment-theirs', 0, [{ ...json, id: randomUUID(), metadata: Buffer.from('null') }]);
    await appendAccepted(store, append('environment-ours', 2));
    const events = await everything(store);
    expect(positionsOf(events)).toEqual(upTo(4));
    expect(new Set(events.map(({ stream }) => stream))).toEqual(new Set(['environment-ours']));
    await expect(store.readStream('environment-theirs', 0, 1)).rejects.toMatchObject({ code: 'corrupt' });
    await expect(store.appendAll([append('orders-1', 0)])).rejects.toThrow(TypeError);
  });

  it('gives a position to what a server had appended before it died', async () => {
    const first = await open(standIn.url);
    await first.appendAll(appends('artifact-a', 2));
    const left = append('artifact-a', 1);
    standIn.log.append(`cairn-id-${left.event.id}`, -1, [claimOf('artifact-a', 2)]);
    await first.close();
    copyOf(standIn, left.event.id);
    const second = await open(standIn.url);
    expect(await appendAccepted(second, left)).toMatchObject({ revision: 2, position: 2, repeated: true });
    expect(await everything(second)).toHaveLength(3);
  });

  it('does not write an id to a second stream while another server may be writing it to the first', async () => {
    const store = await open(standIn.url);
    const event = newEvent();
    standIn.log.append(`cairn-id-${event.id}`, -1, [claimOf('environment-a', 0)]);
    const elsewhere = { stream: `refusal-${event.id}`, expectedRevision: -1, event };
    await expect(store.appendAll([elsewhere])).rejects.toMatchObject({ code: 'unavailable' });
    // Somebody else's event is where it was going to be, so it cannot come any more.
    await appendAccepted(store, append('environment-a', -1));
    expect(await appendAccepted(store, elsewhere)).toMatchObject({ revision: 0, repeated: false });
  });

  it('never lets its times go back where the server’s clock does, and finds events all the same', async () => {
    const store = await open(standIn.url);
    const first = await appendAccepted(store, append('artifact-a', -1));
    standIn.log.skewMs = -3_600_000;
    const one = append('artifact-b', -1);
    const second = await appendAccepted(store, one);
    expect(second.recordedAt).toBe(first.recordedAt);
    await store.close();
    const again = await open(standIn.url);
    expect(await again.findById(one.event.id)).toMatchObject({ position: 1, recordedAt: first.recordedAt });
    expect(await appendAccepted(again, one)).toEqual({ ...second, repeated: true });
  });

  it('is read by a reader of its own, which another thread can have', async () => {
    const store = await open(standIn.url);
    const calls = appends('artifact-a', 3);
    await store.appendAll(calls);
    const reader = KurrentDbEventReader.open(standIn.url);
    opened.push(reader);
    expect(await reader.readAll(0, 10)).toEqual(await store.readAll(0, 10));
    expect(await reader.findById(calls[1]?.event.id ?? '')).toMatchObject({ position: 1 });
    expect(await reader.head()).toBe(2);
  });

  it.each([
    ['the user is not let in', (on: boolean) => void (standIn.faults.isDenying = on)],
    ['a proxy says that it is away', (on: boolean) => void (standIn.faults.badGateways = on ? 1_000 : 0)],
    ['the leader is gone', (on: boolean) => leaderless(standIn, on)],
  ])('tells subscribers what was written after a while in which %s', async (_, set) => {
    const [store, other] = [await open(standIn.url), await open(standIn.url)];
    const [seen, errors]: [string[], unknown[]] = [[], []];
    store.subscribe(
      0,
      (events) => void seen.push(...idsOf(events)),
      (error) => errors.push(error),
    );
    await appendAccepted(other, append('artifact-a', -1));
    await eventually(() => seen.length === 1);
    set(true);
    standIn.dropConnections();
    await expect(store.head()).rejects.toMatchObject({ name: 'StoreError' });
    await delay(300);
    set(false);
    await letIn(other);
    await appendAccepted(other, append('artifact-a', 0));
    await eventually(() => seen.length === 2);
    expect(errors).toEqual([]);
  });

  it('says that $all is refused, writes nothing meanwhile and goes on afterwards', async () => {
    const store = await open(standIn.url);
    await appendAccepted(store, append('artifact-a', -1));
    standIn.faults.isDenyingAll = true;
    standIn.dropConnections();
    while (!(await isRefused(store))) await delay(20);
    await expect(store.appendAll([append('artifact-a', 0)])).rejects.toMatchObject({ code: 'denied' });
    expect(standIn.log.stream('artifact-a')).toHaveLength(1);
    standIn.faults.isDenyingAll = false;
    await letIn(store);
    expect(await appendAccepted(store, append('artifact-a', 0))).toMatchObject({ position: 1 });
  });

  it('counts a proxy whose server is away as away, not as another kind of server', async () => {
    standIn.faults.badGateways = 1_000;
    await expect(open(standIn.url)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('keeps the newest snapshot of a stream', async () => {
    const store = await open(standIn.url);
    expect(await store.loadSnapshot('environment-test')).toBeUndefined();
    const newest = { revision: 20, version: 2, state: JSON.stringify({ text: 'ü'.repeat(400_000) }) };
    await store.saveSnapshot('environment-test', { revision: 10, version: 1, state: '{"a":1}' });
    await store.saveSnapshot('environment-test', newest);
    const again = await open(standIn.url);
    expect(await again.loadSnapshot('environment-test')).toEqual(newest);
    expect(standIn.log.stream('cairn-snapshot-environment-test')).toHaveLength(1);
    expect(await store.head()).toBe(-1);
  });
});

describe('the stand-in', () => {
  it.each([true, false])('answers the client’s own appends and conflicts (batch path: %s)', async (hasBatchAppend) => {
    const standIn = await standInWith({ hasBatchAppend });
    const client = EventStoreDBClient.connectionString(standIn.url);
    const event = jsonEvent({ type: 'Any', data: {}, id: randomUUID() });
    const expected = { expectedRevision: NO_STREAM } as const;
    expect(await client.appendToStream('orders-1', event, expected)).toMatchObject({ nextExpectedRevision: 0n });
    expect(await client.appendToStream('orders-1', event, expected)).toMatchObject({ nextExpectedRevision: 0n });
    const other = client.appendToStream('orders-1', jsonEvent({ type: 'Any', data: {} }), expected);
    await expect(other).rejects.toThrow(WrongExpectedVersionError);
    await expect(other).rejects.toMatchObject({ actualVersion: 0n });
    expect(standIn.calls).toMatchObject(hasBatchAppend ? { batchAppend: 1 } : { append: 3 });
    await client.dispose();
  });
});

const claimOf = (stream: string, revision: number) => ({
  id: randomUUID(),
  type: 'EventPlaced.v1',
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify({ stream, revision, by: 'a server that died' })),
  metadata: new Uint8Array(),
});

const isRefused = (store: KurrentDbEventStore): Promise<boolean> =>
  store.head().then(
    () => false,
    () => true,
  );

/** Waits until the store has noticed that it is let in again. */
async function letIn(store: KurrentDbEventStore): Promise<void> {
  while (await isRefused(store)) await delay(20);
}

function leaderless(standIn: StandIn, on: boolean): void {
  standIn.faults.leader = on ? { host: '127.0.0.1', port: standIn.publicPort } : undefined;
}

/** Appends an event as a server does that dies before it has a position: a copy of the stream's last one. */
function copyOf(standIn: StandIn, id: string): void {
  const last = standIn.log.stream('artifact-a')?.at(-1);
  if (!last) throw new Error('there is nothing to copy');
  standIn.log.append('artifact-a', last.revision, [{ ...last, id }]);
}
