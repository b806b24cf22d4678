import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../../src/cli/api-client.js';
import { makeExport } from '../../../src/cli/export/job.js';

const RUNNING = { id: 'e1', status: 'running', asOf: 4, progress: { rows: 0 } };
const DONE = { ...RUNNING, status: 'done', manifest: { file: 'changes.csv' } };
const PROGRESS = { update: () => undefined, stop: () => undefined };

describe('the making of an export', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** Gives one answer after the other; `undefined` is a connection that breaks. */
  async function serverThat(answers: readonly ([number, object] | undefined)[]) {
    const asked: { method: string | undefined; key: IncomingMessage['headers'][string] }[] = [];
    server = createServer((request, response) => {
      const answer = answers[asked.length];
      asked.push({ method: request.method, key: request.headers['idempotency-key'] });
      if (!answer) return void response.destroy();
      response.writeHead(answer[0], { 'content-type': 'application/json' }).end(JSON.stringify(answer[1]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { asked, client: new ApiClient(`http://127.0.0.1:${port}`, undefined) };
  }

  it('is asked again under the same key, and waited for while the server is away', async () => {
    const answers = [undefined, [202, RUNNING], undefined, [503, { title: 'Stopping' }], [200, DONE]] as const;
    const { asked, client } = await serverThat(answers.map((answer) => answer && [...answer]));
    expect(await makeExport(client, { path: '/exports', body: {} }, PROGRESS)).toEqual(DONE);
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'GET', 'GET']);
    expect(asked[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(asked[1]?.key).toBe(asked[0]?.key);
  });

  it('ends at once with what the server says of it', async () => {
    const { asked, client } = await serverThat([[400, { title: 'Bad', detail: 'format' }]]);
    await expect(makeExport(client, { path: '/exports', body: {} }, PROGRESS)).rejects.toMatchObject({
      reason: 'failed',
    });
    expect(asked).toHaveLength(1);
  });

  it('ends after a while without a server', async () => {
    const { asked, client } = await serverThat([]);
    await expect(makeExport(client, { path: '/exports', body: {} }, PROGRESS)).rejects.toMatchObject({
      reason: 'unavailable',
    });
    expect(asked.length).toBeGreaterThan(1);
  });
});
