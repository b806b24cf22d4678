import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config.js';
import { startServer, type RunningServer } from '../../../src/main.js';
import { databaseOf, removeDatabaseOf } from '../../support/database-of.js';

/** What came back: the status, the headers and the body, parsed when it is JSON. */
export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

export interface CallOptions {
  readonly headers?: Record<string, string>;
}

/** Calls a server over real HTTP, as one caller. Paths are given from the root: `/v1/pipelines`. */
export interface Api {
  get<Body = Record<string, unknown>>(path: string, options?: CallOptions): Promise<Answer<Body>>;
  post<Body = Record<string, unknown>>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<Body>>;
  put<Body = Record<string, unknown>>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<Body>>;
  delete<Body = Record<string, unknown>>(path: string, options?: CallOptions): Promise<Answer<Body>>;
  /** `POST /v1/imports` of commands, a line each; the answers, a line each. */
  import(commands: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

export interface TestServer {
  readonly url: string;
  readonly adminToken: string;
  /** Where the ledger and the views of this server are. */
  readonly folder: string;
  readonly admin: Api;
  readonly routes: RunningServer['routes'];
  /** A caller with this token; without one, a caller that sends none. */
  api(token?: string): Api;
  /** Issues a token and answers a caller that holds it. */
  as(role: 'admin' | 'pipeline' | 'approver' | 'auditor', pipeline?: string): Promise<Api & { token: string }>;
  /** Stops the server and starts it again on the same folder, at another port; with these settings too. */
  restart(more?: Record<string, string>): Promise<TestServer>;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** Starts a real server on a folder of its own and a free port. */
export async function startTestServer(
  folder?: string,
  settings: Record<string, string> = {},
  knownToken?: string,
): Promise<TestServer> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'cairn-')));
  const config = loadConfig({ CAIRN_DATA: home, CAIRN_PORT: '0', ...(await databaseOf(home)), ...settings });
  const running = await startServer(config);
  const adminToken = running.adminToken ?? settings['CAIRN_ADMIN_TOKEN'] ?? knownToken;
  if (adminToken === undefined) throw new Error('the admin token of this folder is not known');
  return testServer(running, { folder: home, adminToken, settings });
}

function testServer(
  running: RunningServer,
  made: { folder: string; adminToken: string; settings: Record<string, string> },
): TestServer {
  const { folder, adminToken, settings } = made;
  const api = (token?: string) => createApi(running.url, token);
  const admin = api(adminToken);
  return {
    url: running.url,
    adminToken,
    folder,
    admin,
    routes: running.routes,
    api,
    as: async (role, pipeline) => {
      const subject = `${role}-${Math.random().toString(36).slice(2, 10)}`;
      const issued = await admin.post<{ token: string }>('/v1/tokens', {
        subject,
        role,
        ...(pipeline && { pipeline }),
      });
      if (issued.status !== 201) throw new Error(`no token was issued: ${issued.text}`);
      return { ...api(issued.body.token), token: issued.body.token };
    },
    restart: async (more = {}) => {
      await running.close();
      return startTestServer(folder, { ...settings, ...more }, adminToken);
    },
    stop: async () => {
      await running.close();
      await rm(folder, { recursive: true, force: true });
      await removeDatabaseOf(folder);
    },
  };
}

function createApi(url: string, token?: string): Api {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const call = async <Body>(
    method: string,
    path: string,
    { body, headers }: CallOptions & { body?: unknown },
  ): Promise<Answer<Body>> => {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...authorization, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson =
      /json/.test(response.headers.get('content-type') ?? '') &&
      !/ndjson/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson && text ? JSON.parse(text) : {}) as Body,
    };
  };
  return {
    get: (path, options = {}) => call('GET', path, options),
    post: (path, body, options = {}) => call('POST', path, { ...options, body }),
    put: (path, body, options = {}) => call('PUT', path, { ...options, body }),
    delete: (path, options = {}) => call('DELETE', path, options),
    import: async (commands) => {
      const body = commands.map((command) => JSON.stringify(command)).join('\n');
      const answer = await call('POST', '/v1/imports', { body, headers: { 'content-type': 'application/x-ndjson' } });
      if (answer.status !== 200) throw new Error(`the import was not taken: ${answer.status} ${answer.text}`);
      return answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}
