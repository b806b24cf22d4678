import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyConsistency, verifyInclusion } from '../../../src/ledger/merkle/verify.js';
import { bakeOf, digestOf, setUpShop, type Shop } from '../support/fixtures.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';
import { checkpointFrom, followerOf } from './log-client.js';

interface Inclusion {
  position: number;
  leafHash: string;
  size: number;
  root: string;
  hashes: string[];
  checkpoint?: string;
}
interface Consistency {
  from: number;
  to: number;
  fromRoot: string;
  toRoot: string;
  hashes: string[];
}

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
const bakes = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    command: 'bake',
    pipeline: 'shop',
    ...bakeOf(digestOf(`${name} ${index}`)),
  }));

describe('who trusts nothing but the verifier key', () => {
  let server: TestServer;
  let shop: Shop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await setUpShop(server);
    // More than a tile of tiles would take minutes: level 2 is for the tree's own tests.
    await server.admin.import(bakes('first', 600));
  });
  afterAll(() => server.stop());

  const last = async () =>
    Number((await server.admin.get<{ items: { position: number }[] }>('/v1/events?limit=1')).body.items[0]?.position);

  it('follows the log from its tiles to its entries, which are the events', async () => {
    const follower = await followerOf(server);
    const checkpoint = follower.open(await checkpointFrom(shop.auditor, await last()));
    const entries = (await follower.entries(checkpoint)).map((entry) => JSON.parse(entry) as Record<string, unknown>);
    expect(entries.length).toBeGreaterThan(600);
    const listed: Record<string, unknown>[] = [];
    for (let next: string | undefined = '/v1/events?order=asc&limit=500'; next !== undefined;) {
      const page: { body: { items: Record<string, unknown>[] }; headers: Headers } = await shop.auditor.get(next);
      listed.push(...page.body.items);
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    const known = ({ id, type, recordedAt, actor }: Record<string, unknown>) => ({ id, type, recordedAt, actor });
    expect(entries.map(known)).toEqual(listed.slice(0, entries.length).map(known));
  });

  it('sees that each checkpoint begins with the one before, and every event in its place, while others write', async () => {
    const follower = await followerOf(server);
    let writing = true;
    const writers = [0, 1].map(async (writer) => {
      for (let index = 0; writing; index++) {
        const answer = await shop.pipeline.post('/v1/artifacts', bakeOf(digestOf(`hammer ${writer} ${index}`)));
        expect(answer.status).toBe(201);
      }
    });
    try {
      let earlier = follower.open(await checkpointFrom(shop.auditor));
      for (let round = 0; round < 6; round++) {
        const checkpoint = follower.open(await nextCheckpoint(shop.auditor, earlier.size));
        expect(checkpoint.size).toBeGreaterThan(earlier.size);
        const consistency = await proveConsistency(shop.auditor, earlier.size, checkpoint.size);
        const { size: oldSize, root: oldRoot } = earlier;
        const { size: newSize, root: newRoot } = checkpoint;
        verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof: consistency.hashes.map(bytes) });
        const leaves = await follower.leafHashes(checkpoint);
        expect(leaves).toHaveLength(Number(newSize));
        const positions = [
          0,
          leaves.length - 1,
          ...Array.from({ length: 10 }, () => Math.floor(Math.random() * leaves.length)),
        ];
        await Promise.all(
          positions.map(async (position) => {
            const query = `position=${position}&size=${newSize}`;
            const { body } = await shop.auditor.get<Inclusion>(`/v1/ledger/proof/inclusion?${query}`);
            const leafHash = leaves[position] as Buffer;
            expect(bytes(body.leafHash)).toEqual(leafHash);
            const proof = body.hashes.map(bytes);
            verifyInclusion({ index: BigInt(position), size: newSize, leafHash, proof, root: newRoot });
          }),
        );
        earlier = checkpoint;
      }
    } finally {
      writing = false;
      await Promise.all(writers);
    }
  });

  it('is given the tiles of an older checkpoint as well', async () => {
    const follower = await followerOf(server);
    const older = follower.open(await checkpointFrom(shop.auditor, await last()));
    const written = await shop.pipeline.post<{ position: number }>('/v1/artifacts', bakeOf(digestOf('one more')));
    const newer = follower.open(await checkpointFrom(shop.auditor, written.body.position));
    expect(newer.size).toBeGreaterThan(older.size);
    await expect(follower.entries(older)).resolves.toHaveLength(Number(older.size));
  });

  it('finds an event by its id, in the newest tree or in any that came before', async () => {
    const written = await shop.pipeline.post<{ eventId: string; position: number }>(
      '/v1/artifacts',
      bakeOf(digestOf('by its id')),
    );
    const { eventId, position } = written.body;
    const path = `/v1/ledger/proof/inclusion?eventId=${eventId}`;
    const newest = await shop.auditor.get<Inclusion>(`${path}&minPosition=${position}`);
    const follower = await followerOf(server);
    const { size, root } = follower.open(newest.body.checkpoint ?? '');
    const leafHash = bytes(newest.body.leafHash);
    expect(newest.body).toMatchObject({ position, size: Number(size), root: root.toString('base64') });
    verifyInclusion({ index: BigInt(position), size, leafHash, proof: newest.body.hashes.map(bytes), root });

    const older = await shop.auditor.get<Inclusion>(`${path}&size=${position + 1}`);
    expect(older.body).toMatchObject({ position, size: position + 1, leafHash: newest.body.leafHash });
    expect(older.body).not.toHaveProperty('checkpoint');
    const hashes = older.body.hashes.map(bytes);
    const oldRoot = bytes(older.body.root);
    verifyInclusion({ index: BigInt(position), size: BigInt(position + 1), leafHash, proof: hashes, root: oldRoot });
    const consistency = await proveConsistency(shop.auditor, BigInt(position + 1), size);
    expect(consistency).toMatchObject({ fromRoot: older.body.root, toRoot: newest.body.root });
    const proof = consistency.hashes.map(bytes);
    verifyConsistency({ oldSize: BigInt(position + 1), oldRoot, newSize: size, newRoot: root, proof });
  });
});

/** The first that is larger. */
async function nextCheckpoint(api: Api, size: bigint): Promise<string> {
  let note = '';
  await eventually(async () => {
    note = await checkpointFrom(api);
    return BigInt(note.split('\n')[1] ?? '') > size;
  });
  return note;
}

async function proveConsistency(api: Api, from: bigint, to: bigint): Promise<Consistency> {
  const answer = await api.get<Consistency>(`/v1/ledger/proof/consistency?from=${from}&to=${to}`);
  expect(answer).toMatchObject({ status: 200, body: { from: Number(from), to: Number(to) } });
  return answer.body;
}
