import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CHAINS, PIPELINE } from './workload.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TOKEN = 'bench-admin-token-0123456789abcdefghijklmnop';
/** One caller sends all of a load. The fences count it as any other, and are wide enough for it. */
const UNFENCED = { CAIRN_RATE_LIMIT: '999999999', CAIRN_REFUSALS_PER_MINUTE: '999999999' };
const READY_MS = 600_000;

export function temporaryFolder() {
  return mkdtempSync(join(tmpdir(), 'cairn-bench-'));
}

export const remove = (folder) => rmSync(folder, { recursive: true, force: true });

/**
 * Runs the product's server on a folder. `cpuProfile` is a folder for a profile of its main thread, `preload` a module
 * that changes it before it starts, `settings` its environment besides.
 */
export async function startProduct(folder, { cpuProfile, preload, settings = {} } = {}) {
  const port = await freePort();
  const flags = [
    ...(cpuProfile ? ['--cpu-prof', `--cpu-prof-dir=${cpuProfile}`] : []),
    ...(preload ? ['--import', preload] : []),
  ];
  const child = spawn(process.execPath, [...flags, join(ROOT, 'dist/cli.js'), 'serve'], {
    env: {
      ...process.env,
      ...UNFENCED,
      CAIRN_DATA: folder,
      CAIRN_PORT: String(port),
      CAIRN_ADMIN_TOKEN: TOKEN,
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const server = serverOf(child, port, TOKEN);
  await untilAnswers(server, '/health/live', (status) => status === 200);
  return server;
}

/** Starts one of the benchmark's own servers, which tells its port when it listens. */
export async function startOwn(module, settings = {}) {
  const child = fork(new URL(module, import.meta.url), { env: { ...process.env, ...settings } });
  const [{ port }] = await once(child, 'message');
  return serverOf(child, port, TOKEN);
}

function serverOf(child, port, token) {
  const url = `http://127.0.0.1:${port}`;
  const call = async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, text, link: response.headers.get('link') };
  };
  return {
    port,
    token,
    url,
    call,
    get: (path) => call('GET', path),
    pid: child.pid,
    memory: () => memoryOf(child.pid),
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Environments, the pipeline and its token: what the load needs before it can begin. */
export async function prepareProduct(server) {
  await mustPost(server, '/v1/pipelines', { id: PIPELINE, name: 'Bench', mayBake: ['*'], mayPromoteTo: ['*'] });
  for (const chain of CHAINS) {
    for (const [index, name] of chain.entries()) {
      const promotesFrom = chain[index - 1];
      const [tier] = name.split('-');
      await mustPost(server, '/v1/environments', {
        name,
        tier,
        ...(promotesFrom && { promotesFrom }),
        occurredAt: '2020-01-01T00:00:00.000Z',
      });
    }
  }
  const { text } = await mustPost(server, '/v1/tokens', { subject: 'bench', role: 'pipeline', pipeline: PIPELINE });
  return JSON.parse(text).token;
}

async function mustPost(server, path, body) {
  const answer = await server.call('POST', path, body);
  if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer;
}

/** Waits until the views show the event at this position. */
export const untilSeen = (server, position) =>
  untilAnswers(server, `/v1/environments?minPosition=${position}`, (status) => status === 200);

async function untilAnswers(server, path, isRight) {
  const giveUpAt = Date.now() + READY_MS;
  for (;;) {
    try {
      if (isRight((await server.get(path)).status)) return;
    } catch {
      // It does not listen yet.
    }
    if (Date.now() > giveUpAt) throw new Error(`no right answer from ${path}`);
    await sleep(50);
  }
}

function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? NaN);
  return { rss: kilobytes('VmRSS') * 1024, anonymous: kilobytes('RssAnon') * 1024 };
}

/** Runs a command to its end and answers how long it took (ms). */
export async function timeCommand(args, settings = {}) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${output}`);
  return { tookMs: performance.now() - startedAt, output };
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
