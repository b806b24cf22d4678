import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { databaseOf, knownDatabaseOf } from '../../support/database-of.js';
import type { Address } from './client.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TOKEN = 'replay-token-0123456789abcdefghijklmnopqrstuv';
const READY_MS = 60_000;

/** The server as it really runs: a process of its own, which can be killed. */
export interface ChildServer extends Address {
  /** Ends it and waits for it: `SIGKILL` as a crash does, `SIGTERM` as an operator does. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface RunResult {
  readonly code: number | null;
  readonly output: string;
}

export async function startChildServer(folder: string): Promise<ChildServer> {
  await databaseOf(folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = run(['serve'], { CAIRN_DATA: folder, CAIRN_PORT: String(port), CAIRN_ADMIN_TOKEN: TOKEN });
  const output = collect(child);
  const giveUpAt = Date.now() + READY_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`the server did not start: ${output.text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    token: TOKEN,
    end: async (signal) => {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

/** Runs a sub-command of `cairn` to its end. */
export async function runCairn(args: readonly string[], settings: Record<string, string>): Promise<RunResult> {
  const child = run(args, settings);
  const output = collect(child);
  await once(child, 'close');
  return { code: child.exitCode, output: output.text };
}

function run(args: readonly string[], settings: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [`${ROOT}dist/cli.js`, ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...knownDatabaseOf(settings['CAIRN_DATA']), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): { text: string } {
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
  }
  return output;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
