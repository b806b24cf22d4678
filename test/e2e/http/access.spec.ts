import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '../../../src/domain/access/events.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

const PLACES: Record<string, string> = {
  ':environment': 'production',
  ':digest': `sha256:${'0'.repeat(64)}`,
  ':changeId': '0197a3c4-5d6e-7f80-9123-456789abcdef',
  ':id': '0197a3c4-5d6e-7f80-9123-456789abcdef',
};

describe('who may call a route', () => {
  let server: TestServer;
  let callers: Record<Role, Api>;
  beforeAll(async () => {
    server = await startTestServer();
    await server.admin.post('/v1/pipelines', { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] });
    callers = {
      admin: server.admin,
      pipeline: await server.as('pipeline', 'shop'),
      approver: await server.as('approver'),
      auditor: await server.as('auditor'),
    };
  });
  afterAll(() => server.stop());

  const call = (api: Api, method: string, url: string) => {
    const path = url.replace(/:[A-Za-z]+/g, (place) => PLACES[place] ?? 'unknown');
    if (method === 'POST') return api.post(path, {});
    if (method === 'PUT') return api.put(path, {});
    return method === 'DELETE' ? api.delete(path) : api.get(path);
  };

  it('is said by every route of the router', () => {
    expect(server.routes.length).toBeGreaterThan(40);
    expect(server.routes.filter(({ allow }) => allow === undefined)).toEqual([]);
    expect(server.routes.filter(({ allow }) => allow === 'no-token').map(({ url }) => url)).toEqual(
      expect.arrayContaining(['/health/live', '/health/ready', '/openapi.json']),
    );
  });

  it('holds for every other role, for no token and for a wrong one', async () => {
    const wrong: unknown[] = [];
    const note = (what: string, status: number, expected: (status: number) => boolean) => {
      if (!expected(status)) wrong.push(`${what}: ${status}`);
    };
    for (const { method, url, allow } of server.routes.filter((route) => route.method !== 'HEAD')) {
      const route = `${method} ${url}`;
      const anonymous = (await call(server.api(), method, url)).status;
      note(`${route} without a token`, anonymous, (status) => (status === 401) === (allow !== 'no-token'));
      if (allow === 'no-token') continue;
      note(
        `${route} with a wrong one`,
        (await call(server.api('nonsense'), method, url)).status,
        (status) => status === 401,
      );
      for (const role of ROLES) {
        const { status } = await call(callers[role], method, url);
        note(`${route} as ${role}`, status, (got) => (got === 403) === !allow?.includes(role) && got < 500);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is asked of a bearer token in the header only', async () => {
    expect((await server.api().get(`/v1/pipelines?access_token=${server.adminToken}`)).status).toBe(401);
    const basic = { headers: { authorization: `Basic ${server.adminToken}` } };
    const answer = await server.api().get('/v1/pipelines', basic);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('ends with a revocation, at once and over a restart', async () => {
    const issued = await server.admin.post<{ token: string; id: string }>('/v1/tokens', {
      subject: 'temp',
      role: 'auditor',
    });
    const reader = server.api(issued.body.token);
    expect((await reader.get('/v1/pipelines')).status).toBe(200);
    expect((await server.admin.delete(`/v1/tokens/${issued.body.id}`)).status).toBe(200);
    expect((await reader.get('/v1/pipelines')).status).toBe(401);
    expect((await server.admin.delete(`/v1/tokens/${issued.body.id}`)).status).toBe(404);
    server = await server.restart();
    expect((await server.api(issued.body.token).get('/v1/pipelines')).status).toBe(401);
    expect((await server.admin.get('/v1/pipelines')).status).toBe(200);
  });

  it('ends when the token expires', async () => {
    const expiresAt = new Date(Date.now() + 700).toISOString();
    const body = { subject: 'brief', role: 'auditor', expiresAt };
    const { token } = (await server.admin.post<{ token: string }>('/v1/tokens', body)).body;
    expect((await server.api(token).get('/v1/pipelines')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await server.api(token).get('/v1/pipelines')).status).toBe(401);
  });

  it('gives the same token again for the same key, and never shows or stores one', async () => {
    const headers = { 'idempotency-key': 'token-1' };
    const body = { subject: 'again', role: 'auditor' };
    const first = await server.admin.post<{ token: string; id: string }>('/v1/tokens', body, { headers });
    const second = await server.admin.post('/v1/tokens', body, { headers });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    await server.admin.delete(`/v1/tokens/${first.body.id}`);
    await server.admin.post('/v1/tokens', body, { headers });
    expect((await server.api(first.body.token).get('/v1/pipelines')).status).toBe(401);
    const list = await server.admin.get('/v1/tokens');
    expect(list.text).not.toMatch(/hash|cairn_/);
    const events = await server.admin.get<{ items: { id: string; type: string }[] }>('/v1/events?type=TokenIssued.v1');
    for (const { id } of events.body.items) {
      const event = await server.admin.get(`/v1/events/${id}`);
      expect(event.text).not.toContain(server.adminToken);
      expect(event.text).not.toContain(first.body.token);
    }
  });
});
