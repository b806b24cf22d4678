import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { envelopeOf } from '../../support/envelope.js';
import { pemOf, provenanceOf } from '../../support/statements.js';
import { openReceipt, keysOf } from '../ledger/log-client.js';
import { bakeOf, digestOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

const SOURCE = { repository: 'https://git.example/shop', commit: 'c0ffee1d2c3b4a5968778695a4b3c2d1e0f10203' };
const WORKERS = 4;
/** So many requests of each between one turn of the keys and the next. */
const BETWEEN = 15;

/** Callers that work without a pause until they are told to stop; what they were not given is noted. */
class Load {
  readonly failed: string[] = [];
  private readonly done = Array.from({ length: WORKERS }, () => 0);
  private isOver = false;
  private readonly workers: Promise<void>[];

  constructor(call: (n: number) => Promise<{ status: number; text: string }>) {
    let next = 0;
    this.workers = Array.from({ length: WORKERS }, async (_, worker) => {
      while (!this.isOver) {
        const { status, text } = await call(next++);
        if (status !== 201) this.failed.push(`${status} ${text}`);
        this.done[worker] = (this.done[worker] ?? 0) + 1;
      }
    });
  }

  /** Waits until each has had so many more answers: what was under way when this was called has been answered by then. */
  async answers(count = BETWEEN): Promise<void> {
    const until = this.done.map((done) => done + count);
    while (this.done.some((done, worker) => done < (until[worker] ?? 0)))
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.workers);
  }
}

describe('a key that is replaced while pipelines work', () => {
  let server: TestServer;
  let shop: Shop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await setUpShop(server);
  });
  afterAll(() => server.stop());

  async function register(publicKey: KeyObject): Promise<string> {
    const body = { publicKey: pemOf(publicKey) };
    const answer = await server.admin.post<{ keyId: string }>('/v1/pipelines/shop/keys', body);
    expect(answer.status).toBe(201);
    return answer.body.keyId;
  }

  it('of the pipeline: new ones are added, signed by and old ones revoked, and no bake is refused', async () => {
    let signer = generateKeyPairSync('ed25519');
    let keyId = await register(signer.publicKey);
    const load = new Load((n) => {
      const digest = digestOf(`signed ${n}`);
      const provenance = envelopeOf(provenanceOf(digest, SOURCE), signer.privateKey);
      return shop.pipeline.post('/v1/artifacts', { ...bakeOf(digest), source: SOURCE, provenance });
    });
    for (let turn = 0; turn < 4; turn++) {
      await load.answers();
      const next = generateKeyPairSync('ed25519');
      const nextId = await register(next.publicKey);
      signer = next;
      await load.answers(1);
      const path = `/v1/pipelines/shop/keys/${keyId}/revocation`;
      expect((await server.admin.post(path, { reason: 'As every month.' })).status).toBe(201);
      keyId = nextId;
    }
    await load.answers();
    await load.end();
    expect(load.failed).toEqual([]);
    const { body } = await server.admin.get<{ keys: { keyId: string }[] }>('/v1/pipelines/shop');
    expect(body.keys.map((key) => key.keyId)).toEqual([keyId]);
  });

  it('of the ledger: each answer has its receipt, signed by one key or the next', async () => {
    const receipts: string[] = [];
    const load = new Load(async (n) => {
      const bake = bakeOf(digestOf(`sealed ${n}`));
      const headers = { prefer: 'wait=20' };
      const answer = await shop.pipeline.post<{ eventId: string }>('/v1/artifacts', bake, { headers });
      receipts.push(answer.body.eventId);
      return answer;
    });
    for (let turn = 0; turn < 3; turn++) {
      await load.answers();
      expect((await server.admin.post('/v1/ledger/keys', { reason: 'As every year.' })).status).toBe(201);
    }
    await load.answers();
    await load.end();
    expect(load.failed).toEqual([]);
    const keys = await keysOf(shop.auditor);
    expect(keys.keys).toHaveLength(4);
    for (const eventId of receipts) {
      const receipt = await shop.auditor.get(`/v1/events/${eventId}/receipt`);
      expect(openReceipt(receipt.text, keys).leaf).toMatchObject({ id: eventId });
    }
  });
});
