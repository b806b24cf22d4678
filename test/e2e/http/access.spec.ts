import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { startTestServer, type TestServer } from '../support/server.js';

describe('who may call a route', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await server.admin.post('/v1/pipelines', { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] });
  });
  afterAll(() => server.stop());

  it('is said by every route of the router', () => {
    expect(server.routes.length).toBeGreaterThan(40);
    expect(server.routes.filter(({ allow }) => allow === undefined)).toEqual([]);
    expect(server.routes.filter(({ allow }) => allow === 'no-token').map(({ url }) => url)).toEqual(
      expect.arrayContaining(['/health/live', '/health/ready', '/openapi.json']),
    );
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

  it('ends with a revocation for a request whose body is still on its way', async () => {
    const { token, id } = (
      await server.admin.post<{ token: string; id: string }>('/v1/tokens', { subject: 'slow', role: 'admin' })
    ).body;
    const body = JSON.stringify({ id: 'late', name: 'Late', mayBake: ['*'], mayPromoteTo: ['*'] });
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    const head = ['POST /v1/pipelines HTTP/1.1', 'host: x', `authorization: Bearer ${token}`, 'connection: close'];
    const about = ['content-type: application/json', `content-length: ${body.length}`];
    socket.write([...head, ...about, '', body.slice(0, 10)].join('\r\n'));
    await setTimeout(200);
    expect((await server.admin.delete(`/v1/tokens/${id}`)).status).toBe(200);
    socket.write(body.slice(10));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect((await server.admin.get('/v1/pipelines/late')).status).toBe(404);
  });

  it('ends when the token expires', async () => {
    const endsMs = Date.now() + 2_000;
    const body = { subject: 'brief', role: 'auditor', expiresAt: new Date(endsMs).toISOString() };
    const issued = await server.admin.post<{ token: string }>('/v1/tokens', body);
    expect(issued.status).toBe(201);
    const brief = server.api(issued.body.token);
    await eventually(async () => (await brief.get('/v1/pipelines')).status !== 200);
    // And not before, however long it took to come this far.
    expect(Date.now()).toBeGreaterThanOrEqual(endsMs);
    expect((await brief.get('/v1/pipelines')).status).toBe(401);
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
