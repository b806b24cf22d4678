import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessLog } from '../../../src/access-log/access-log.js';
import { OidcCallers } from '../../../src/http/access/oidc/oidc-callers.js';
import { OthersTokens } from '../../../src/http/access/others-tokens.js';
import { TokenDirectory } from '../../../src/http/access/token-directory.js';
import { createAdapter } from '../../../src/http/fastify.js';
import { CONNECTIONS_MAX, TIMEOUTS } from '../../../src/http/limits.js';

const parts = {
  tokens: new TokenDirectory(),
  othersTokens: new OthersTokens({ head: () => Promise.resolve(-1) }, -1),
  accessLog: { add: () => undefined, tokenUsed: () => undefined } as unknown as AccessLog,
  log: () => undefined,
  oidc: new OidcCallers([], () => undefined),
  rateLimit: 0,
};
const short = {
  requestTimeout: 600,
  connectionTimeout: 1_500,
  keepAliveTimeout: 300,
  http: { headersTimeout: 300, connectionsCheckingInterval: 50 },
};

const fastify = createAdapter({ ...parts, timeouts: short }).adapter.getInstance();
let port: number;
beforeAll(async () => {
  fastify.post('/body', { config: { allow: 'no-token' } }, async () => {
    // Longer than a request may take to come.
    await sleep(800);
    return { done: true };
  });
  fastify.get('/quick', { config: { allow: 'no-token' } }, () => ({ done: true }));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  port = (fastify.server.address() as AddressInfo).port;
});
afterAll(() => fastify.close());

interface Talk {
  readonly socket: Socket;
  readonly ended: Promise<{ text: string; tookMs: number }>;
}

function talk(first: string): Talk {
  const startedAt = Date.now();
  let text = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(first));
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  const ended = new Promise<{ text: string; tookMs: number }>((resolve) => {
    socket.once('close', () => resolve({ text, tookMs: Date.now() - startedAt }));
  });
  return { socket, ended };
}

/** A byte now and then, as one does who wants to keep a connection and no more. */
async function trickle({ socket, ended }: Talk, byte: string): Promise<void> {
  const timer = setInterval(() => socket.writable && socket.write(byte), 40);
  await ended;
  clearInterval(timer);
}

describe('a connection that keeps the server waiting', () => {
  it('is closed when headers do not come to an end', async () => {
    const slow = talk('GET /quick HTTP/1.1\r\nhost: x\r\nx: ');
    await trickle(slow, 'a');
    const { text, tookMs } = await slow.ended;
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(text).toContain('"type":"/problems/request-timeout"');
    expect(tookMs).toBeLessThan(5_000);
  });

  it('is closed when a body does not come to an end', async () => {
    const slow = talk(
      'POST /body HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{"a":"',
    );
    await trickle(slow, 'a');
    const { text, tookMs } = await slow.ended;
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(tookMs).toBeGreaterThan(500);
    expect(tookMs).toBeLessThan(5_000);
  });

  it('is closed when it says nothing at all, or nothing more', async () => {
    expect((await talk('').ended).tookMs).toBeLessThan(5_000);
    const { text, tookMs } = await talk('GET /quick HTTP/1.1\r\nhost: x\r\n\r\n').ended;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(tookMs).toBeLessThan(5_000);
  });
});

describe('a request that came in time', () => {
  it('is waited for, however long its answer takes', async () => {
    const body = '{"a":1}';
    const head = `POST /body HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n`;
    const { text, tookMs } = await talk(`${head}content-length: ${body.length}\r\n\r\n${body}`).ended;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toContain('{"done":true}');
    expect(tookMs).toBeGreaterThanOrEqual(790);
  });
});

describe('a server', () => {
  it('has these bounds unless it is told others', () => {
    const { server } = createAdapter(parts).adapter.getInstance();
    expect(server.requestTimeout).toBe(TIMEOUTS.requestTimeout);
    expect(server.headersTimeout).toBe(TIMEOUTS.http.headersTimeout);
    expect(server.keepAliveTimeout).toBe(TIMEOUTS.keepAliveTimeout);
    expect(server.timeout).toBe(TIMEOUTS.connectionTimeout);
    expect(server.maxConnections).toBe(CONNECTIONS_MAX);
  });
});
