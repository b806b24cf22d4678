import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bakeOf, digestOf, promotionOf } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

describe('an import', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const raw = (body: string | Uint8Array, type = 'application/x-ndjson') =>
    server.admin.post('/v1/imports', body, { headers: { 'content-type': type } });
  const digest = digestOf('imported');
  const history = [
    {
      command: 'register-pipeline',
      id: 'shop',
      name: 'Shop',
      mayBake: ['*'],
      mayPromoteTo: ['*'],
      occurredAt: '2025-01-01T00:00:00Z',
    },
    { command: 'define-environment', name: 'dev', tier: 'development', occurredAt: '2025-01-01T00:00:00Z' },
    { command: 'bake', pipeline: 'shop', ...bakeOf(digest), occurredAt: '2025-01-02T00:00:00Z' },
    {
      command: 'promote',
      pipeline: 'shop',
      environment: 'dev',
      idempotencyKey: 'p1',
      ...promotionOf(digest, { strategy: 'blue-green' }),
      occurredAt: '2025-01-03T00:00:00Z',
    },
    {
      command: 'validate',
      pipeline: 'shop',
      environment: 'dev',
      changeKey: 'p1',
      result: 'passed',
      occurredAt: '2025-01-03T01:00:00Z',
    },
    { command: 'switch', pipeline: 'shop', environment: 'dev', changeKey: 'p1', occurredAt: '2025-01-03T02:00:00Z' },
  ];

  it('takes history in order, with its own times', async () => {
    const answers = await server.admin.import(history);
    expect(answers.map(({ line, status }) => [line, status])).toEqual(
      [1, 2, 3, 4, 5, 6].map((line) => [line, 'accepted']),
    );
    expect(new Set(answers.slice(3).map(({ changeId }) => changeId)).size).toBe(1);
    const position = Number(answers[5]?.['position']);
    const state = await server.admin.get(
      `/v1/environments/dev/known-good?minPosition=${position}&occurredBy=2025-01-03T02:00:00Z`,
    );
    expect(state.body).toMatchObject({ services: [{ digest, sinceOccurredAt: '2025-01-03T02:00:00.000Z' }] });
    const event = await server.admin.get(`/v1/events/${String(answers[5]?.['eventId'])}`);
    expect(event.body).toMatchObject({ actor: 'admin', meta: { channel: 'import', pipeline: 'shop' } });
  });

  it('answers every line where good and bad ones are mixed', async () => {
    const good = JSON.stringify({ command: 'bake', pipeline: 'shop', ...bakeOf(digestOf('mixed')) });
    const lines = [
      good,
      '{"command":"bake",',
      '',
      JSON.stringify({ command: 'bake', pipeline: 'shop', ...bakeOf(`sha256:${'a'.repeat(65)}`) }),
      JSON.stringify({ command: 'explode' }),
      JSON.stringify({
        command: 'promote',
        pipeline: 'shop',
        environment: 'dev',
        ...promotionOf(digestOf('unknown'), { service: 'x' }),
      }),
      JSON.stringify({ command: 'define-environment', name: 'dev', tier: 'development' }),
      JSON.stringify({ command: 'validate', pipeline: 'shop', environment: 'dev', result: 'passed' }),
      JSON.stringify({
        command: 'retire',
        pipeline: 'shop',
        environment: 'dev',
        service: 'shop-api',
        reason: 'end',
        extra: 1,
      }),
      JSON.stringify({ command: 'retire', pipeline: 'shop', environment: 'dev', service: 'shop-api', reason: 'end' }),
    ];
    const answer = await raw(`${lines.join('\n')}\n`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    const answers = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers.map(({ line, status, reason }) => [line, status, reason])).toEqual([
      [1, 'accepted', undefined],
      [2, 'invalid', undefined],
      [4, 'invalid', undefined],
      [5, 'invalid', undefined],
      [6, 'refused', 'artifact-unknown'],
      [7, 'rejected', 'already-exists'],
      [8, 'invalid', undefined],
      [9, 'invalid', undefined],
      [10, 'accepted', undefined],
    ]);
    expect(answers[2]).toMatchObject({ errors: [{ field: 'digest' }] });
  });

  it('answers the same again for lines with keys', async () => {
    const line = { command: 'bake', pipeline: 'shop', idempotencyKey: 'b1', ...bakeOf(digestOf('keyed')) };
    const [first] = await server.admin.import([line]);
    const [second, other] = await server.admin.import([line, { ...line, version: '9' }]);
    expect(second).toEqual(first);
    expect(other).toMatchObject({ line: 2, status: 'rejected', reason: 'key-reused' });
  });

  it('takes bytes that are no UTF-8 for one bad line', async () => {
    const good = Buffer.from(JSON.stringify({ command: 'bake', pipeline: 'shop', ...bakeOf(digestOf('bytes')) }));
    const answer = await raw(Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), good]));
    expect(
      answer.text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { status: string }).status),
    ).toEqual(['invalid', 'accepted']);
  });

  it.each([
    ['too many lines', '{}\n'.repeat(1001), 413],
    ['too many bytes', ' '.repeat(4 * 1024 * 1024 + 1), 413],
    ['nothing', '\n\n', 400],
  ])('is refused whole for %s', async (_what, body, status) => {
    expect((await raw(body)).status).toBe(status);
  });

  it('is refused as JSON', async () => {
    expect((await raw('{}', 'application/json')).status).toBe(415);
  });
});
