import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../../src/cli/api-client.js';
import type { Batch } from '../../../src/cli/import/batches.js';
import { sendBatch } from '../../../src/cli/import/send.js';

const BATCH: Batch = {
  body: Buffer.from('{}\n'),
  sent: [{ lineNumber: 1, command: 'bake' }],
  lines: 1,
  sha256: '',
};
const ACCEPTED = '{"line":1,"status":"accepted"}\n';
const RETRY = { attempts: 4, firstDelayMs: 1, maxDelayMs: 4 };

let server: Server | undefined;

async function answering(answer: (attempt: number, response: ServerResponse, request: IncomingMessage) => void) {
  let attempts = 0;
  server = createServer((request, response) => answer(++attempts, response, request));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const client = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
  const waits: number[] = [];
  const send = (signal = new AbortController().signal) =>
    sendBatch(client, BATCH, { retry: RETRY, signal, onWait: (_message, delayMs) => waits.push(delayMs) });
  return { send, waits, attempts: () => attempts };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('sendBatch', () => {
  it('sends again while the server is not available, for as long as it was asked to wait', async () => {
    const { send, waits } = await answering((attempt, response) => {
      if (attempt === 1) response.writeHead(503, { 'retry-after': '0.02' }).end('{}');
      else if (attempt === 2) response.destroy();
      else response.end(ACCEPTED);
    });
    expect(await send()).toEqual([{ line: 1, status: 'accepted' }]);
    expect(waits).toEqual([20, 2]);
  });

  it('gives up after its attempts, and says where it tried', async () => {
    const { send, attempts } = await answering((_attempt, response) =>
      response.writeHead(503).end('{"title":"Closed"}'),
    );
    await expect(send()).rejects.toThrow('Closed (HTTP 503)');
    expect(attempts()).toBe(4);
  });

  it('does not send again what was refused as a whole', async () => {
    const { send, attempts } = await answering((_attempt, response) =>
      response.writeHead(403).end('{"title":"The role may not","detail":"admin only"}'),
    );
    await expect(send()).rejects.toMatchObject({
      reason: 'denied',
      message: 'The role may not: admin only (HTTP 403)',
    });
    expect(attempts()).toBe(1);
  });

  it('takes no answer for whole that leaves a line out', async () => {
    const { send } = await answering((_attempt, response) => response.end(''));
    await expect(send()).rejects.toThrow('0 of 1 lines');
  });

  it('waits no longer when it is stopped', async () => {
    const abort = new AbortController();
    const { send } = await answering((_attempt, response) => {
      response.writeHead(503, { 'retry-after': '60' }).end('{}');
      setTimeout(() => abort.abort(), 20);
    });
    await expect(send(abort.signal)).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
