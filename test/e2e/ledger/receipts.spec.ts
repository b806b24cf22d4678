import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseTlogProof } from '../../../src/ledger/note/tlog-proof.js';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type Answer, type TestServer } from '../support/server.js';
import { keysOf, openReceipt } from './log-client.js';

interface Written {
  eventId: string;
  position: number;
  sealed?: { size: number; proof: string };
}

const WAIT = { headers: { prefer: 'wait=20' } };

describe('the receipt of a command', () => {
  let server: TestServer;
  let shop: Shop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await setUpShop(server);
  });
  afterAll(() => server.stop());

  const bake = (name: string, headers: Record<string, string> = {}): Promise<Answer<Written>> =>
    shop.pipeline.post<Written>('/v1/artifacts', bakeOf(digestOf(name)), { headers });
  const refused = (name: string, headers: Record<string, string> = {}): Promise<Answer<Written>> =>
    shop.pipeline.post<Written>('/v1/environments/production/promotions', promotionOf(digestOf(name)), { headers });
  const receipt = (eventId: string) => shop.auditor.get(`/v1/events/${eventId}/receipt`, WAIT);

  it.each([
    ['accepted', 201, () => bake('accepted')],
    ['refused', 422, () => refused('nobody baked it')],
  ])('proves one that was %s, to who has nothing but the verifier key', async (_kind, status, command) => {
    const answer = await command();
    expect(answer.status).toBe(status);
    const { eventId } = answer.body;
    const { text, headers } = await receipt(eventId);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `inline; filename="${eventId}.tlog-proof"`,
      'cache-control': 'private, no-cache',
      'preference-applied': 'wait=20',
    });
    const keys = await keysOf(server.admin);
    const { leaf } = openReceipt(text, keys);
    const event = (await shop.auditor.get<Record<string, unknown>>(`/v1/events/${eventId}`)).body;
    const { id, stream, revision, type, occurredAt, recordedAt, actor } = event;
    expect(leaf).toMatchObject({ v: 1, id, stream, revision, type, occurredAt, recordedAt, actor });
    expect(parseTlogProof(text).index).toBe(BigInt(event['position'] as number));

    const forged = Buffer.from(JSON.stringify({ ...leaf, actor: 'somebody-else' })).toString('base64');
    expect(() => openReceipt(text.replace(/^extra .*$/m, `extra ${forged}`), keys)).toThrow(/another one/);
    expect(() => openReceipt(text.replace(/^index .*$/m, 'index 0'), keys)).toThrow();
  });

  it('comes without being asked to wait, as a seal is a moment away', async () => {
    const { body } = await bake('at once');
    const answer = await shop.auditor.get(`/v1/events/${body.eventId}/receipt`);
    expect(answer.headers.get('preference-applied')).toBeNull();
    expect(openReceipt(answer.text, await keysOf(server.admin)).leaf).toMatchObject({ id: body.eventId });
  });

  it('is not there for an event that is not there', async () => {
    expect((await receipt('0197a3c4-5d6e-7f80-9123-456789abcdef')).status).toBe(404);
    expect((await receipt('nobody')).status).toBe(400);
  });

  it.each([
    ['accepted', 201, bake],
    ['refused', 422, refused],
  ])('waits for its seal where it is asked to: one that is %s', async (_kind, status, command) => {
    const answer = await command('waits', WAIT.headers);
    const { eventId, position, sealed } = answer.body;
    expect(answer.status).toBe(status);
    expect(answer.headers.get('preference-applied')).toBe('wait=20');
    expect(sealed).toEqual({ size: expect.any(Number), proof: `/v1/events/${eventId}/receipt` });
    expect(sealed?.size).toBeGreaterThan(position ?? -1);
    const proof = await shop.auditor.get(sealed?.proof ?? '');
    expect(openReceipt(proof.text, await keysOf(server.admin)).leaf).toMatchObject({ id: eventId });
  });

  it('says the same when the command is repeated, and that it is sealed where that is asked', async () => {
    const first = await bake('again', { 'idempotency-key': 'again-1' });
    expect(first.body).not.toHaveProperty('sealed');
    expect(first.headers.get('preference-applied')).toBeNull();
    const second = await bake('again', { 'idempotency-key': 'again-1', ...WAIT.headers });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body).toEqual({ ...first.body, sealed: expect.objectContaining({ proof: expect.any(String) }) });
  });

  it('waits for half a minute at most', async () => {
    const bounded = await bake('much later', { prefer: 'respond-async, wait=99999' });
    expect(bounded.headers.get('preference-applied')).toBe('wait=30');
    expect(bounded.body.sealed).toBeDefined();
  });

  it('is waited for by many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => bake(`many ${index}`, WAIT.headers)));
    expect(answers.filter(({ status, body }) => status !== 201 || !body.sealed)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.sealed?.size)).size).toBeLessThan(50);
  });

  it('stands with each line of an import', async () => {
    const lines = ['one', 'two'].map((name) => ({ command: 'bake', pipeline: 'shop', ...bakeOf(digestOf(name)) }));
    const body = [...lines, { command: 'bake' }].map((line) => JSON.stringify(line)).join('\n');
    const headers = { 'content-type': 'application/x-ndjson', ...WAIT.headers };
    const answer = await server.admin.post('/v1/imports', body, { headers });
    const answers = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Written & { status: string });
    const proven = ({ eventId, sealed }: Written) => sealed?.proof === `/v1/events/${eventId}/receipt`;
    expect(answers.map((line) => [line.status, proven(line)])).toEqual([
      ['accepted', true],
      ['accepted', true],
      ['invalid', false],
    ]);
  });

  it('does not keep a token from being revoked at once', async () => {
    const { body } = await server.admin.post<{ token: string; id: string }>(
      '/v1/tokens',
      { subject: 'brief', role: 'auditor' },
      WAIT,
    );
    const revoked = server.admin.delete<Written>(`/v1/tokens/${body.id}`, WAIT);
    expect((await revoked).body.sealed).toBeDefined();
    expect((await server.api(body.token).get('/v1/pipelines')).status).toBe(401);
  });
});

describe('a ledger that is not sealed', () => {
  it('answers commands as ever, without `sealed`, and proves nothing', async () => {
    const server = await startTestServer(undefined, { CAIRN_SEAL: 'off' });
    try {
      const { pipeline } = await setUpShop(server);
      const { status, headers, body } = await pipeline.post<Written>(
        '/v1/artifacts',
        bakeOf(digestOf('unsealed')),
        WAIT,
      );
      expect([status, headers.get('preference-applied'), body.sealed]).toEqual([201, 'wait=20', undefined]);
      const answers = await Promise.all(
        ['events/' + body.eventId + '/receipt', 'ledger/proof/inclusion?position=0', 'ledger/checkpoint'].map((path) =>
          pipeline.get(`/v1/${path}`),
        ),
      );
      expect(answers.map((answer) => [answer.status, answer.headers.get('retry-after')])).toEqual([
        [409, '1'],
        [409, '1'],
        [404, null],
      ]);
      for (const answer of answers) expect(answer.body['detail']).toContain('Sealing is off.');
      expect(await server.admin.post('/v1/ledger/keys', { reason: 'why not' })).toMatchObject({ status: 503 });
    } finally {
      await server.stop();
    }
  });
});

describe('an event that is not the one that was sealed', () => {
  it('is never proven, and the log says so', async () => {
    const server = await startTestServer();
    const lines: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text: string) => lines.push(text) > 0;
    try {
      const shop = await setUpShop(server);
      const { body } = await shop.pipeline.post<Written>('/v1/artifacts', bakeOf(digestOf('altered')), WAIT);
      expect((await shop.auditor.get(`/v1/events/${body.eventId}/receipt`)).status).toBe(200);
      alter(join(server.folder, 'ledger.db'), body.position);
      const proofs = [
        `/v1/events/${body.eventId}/receipt`,
        `/v1/ledger/proof/inclusion?eventId=${body.eventId}`,
        `/v1/ledger/proof/inclusion?position=${body.position}&size=${body.position + 1}`,
      ];
      for (const path of proofs) {
        const answer = await shop.auditor.get(path);
        expect(answer).toMatchObject({ status: 500, body: { type: '/problems/altered' } });
        expect(answer.text).not.toMatch(/hashes|tlog-proof@/);
      }
      const said = lines.filter((line) => line.includes(`event ${body.eventId} at position ${body.position}`));
      expect(said).toHaveLength(proofs.length);
      const entries = await shop.auditor.get(`/v1/ledger/tile/entries/000.p/${body.position + 1}`);
      expect(entries).toMatchObject({ status: 500, body: { type: '/problems/altered' } });
      expect((await shop.auditor.get(`/v1/ledger/tile/entries/000.p/${body.position}`)).status).toBe(200);
      const other = await shop.auditor.get(`/v1/ledger/proof/inclusion?position=${body.position - 1}`);
      expect(other.status).toBe(200);
    } finally {
      process.stderr.write = write;
      await server.stop();
    }
  });
});

/** As somebody with the file in their hands does: past the triggers. */
function alter(file: string, position: number): void {
  const ledger = new Database(file);
  try {
    const triggers = ledger
      .prepare<[], { name: string }>(`SELECT name FROM sqlite_master WHERE type = 'trigger'`)
      .all();
    for (const { name } of triggers) ledger.exec(`DROP TRIGGER ${name}`);
    const changed = ledger
      .prepare(`UPDATE events SET data = replace(data, '1.0.0', '1.0.1') WHERE position = ?`)
      .run(position);
    expect(changed.changes).toBe(1);
  } finally {
    ledger.close();
  }
}
