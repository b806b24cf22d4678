import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

interface Listed {
  readonly tokens: readonly { readonly subject: string; readonly lastUsedAt?: string }[];
}

let server: TestServer;
let reader: Api & { token: string };
let writer: Api & { token: string };
beforeAll(async () => {
  server = await startTestServer();
  reader = await server.as('auditor');
  writer = await server.as('pipeline', 'shop');
});
afterAll(() => server.stop());

const used = async (): Promise<Partial<Record<string, string>>> => {
  const { tokens } = (await server.admin.get<Listed>('/v1/tokens')).body;
  return Object.fromEntries(tokens.map(({ subject, lastUsedAt }) => [subject.split('-')[0] ?? '', lastUsedAt ?? '']));
};

it('tells when a token was used last, whatever came of it, over a restart too', async () => {
  expect(await used()).toEqual({ admin: expect.any(String), auditor: '', pipeline: '' });
  const before = new Date().toISOString();
  await reader.get('/v1/pipelines');
  // Not allowed, and used all the same.
  expect((await writer.get('/v1/tokens')).status).toBe(403);
  const first = await used();
  for (const name of ['admin', 'auditor', 'pipeline']) {
    expect(first[name]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(String(first[name]) >= before).toBe(true);
  }
  await reader.get('/v1/pipelines');
  const second = await used();
  expect(String(second['auditor']) >= String(first['auditor'])).toBe(true);

  server = await server.restart();
  const { auditor, pipeline } = await used();
  expect({ auditor, pipeline }).toEqual({ auditor: second['auditor'], pipeline: second['pipeline'] });
});

it('is not moved by somebody who guesses', async () => {
  const before = await used();
  await server.api(`${reader.token}x`).get('/v1/pipelines');
  await server.api().get('/v1/pipelines');
  expect((await used())['auditor']).toBe(before['auditor']);
});
