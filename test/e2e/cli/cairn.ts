import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseOf, knownDatabaseOf } from '../../support/database-of.js';

const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const WAIT_MS = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `cairn` that was started, with what it has written until now. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until it has written what matches, on either stream. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

type Settings = Readonly<Record<string, string>>;

/** Starts the built command line as its own process, with none of this machine's settings. */
export function startCairn(args: readonly string[], settings: Settings = {}, input?: string): Running {
  const { PATH } = process.env;
  const database = knownDatabaseOf(args[args.indexOf('--data') + 1]);
  const child = spawn(process.execPath, [CLI, ...args], { env: { PATH, ...database, ...settings }, cwd: tmpdir() });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    listeners.forEach((listener) => listener());
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    listeners.forEach((listener) => listener());
  });
  child.stdin.end(input ?? '');
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, ended, until: (pattern) => waitFor(pattern, () => stdout + stderr, { listeners, ended }) };
}

function waitFor(
  pattern: RegExp,
  written: () => string,
  { listeners, ended }: { listeners: Set<() => void>; ended: Promise<Ended> },
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why} before ${pattern.source}:\n${written()}`));
    const timer = setTimeout(() => fail('nothing more'), WAIT_MS);
    const look = () => {
      const match = pattern.exec(written());
      if (!match) return;
      listeners.delete(look);
      clearTimeout(timer);
      resolve(match);
    };
    listeners.add(look);
    look();
    void ended.then(() => {
      clearTimeout(timer);
      fail('it ended');
    });
  });
}

/** Runs it to its end. One that does not come to an end is killed, so that none outlives the tests. */
export async function cairn(args: readonly string[], settings?: Settings, input?: string): Promise<Ended> {
  const running = startCairn(args, settings, input);
  const timer = setTimeout(() => running.process.kill('SIGKILL'), WAIT_MS);
  const ended = await running.ended;
  clearTimeout(timer);
  return ended;
}

export interface Served extends Running {
  readonly url: string;
  readonly adminToken: string;
  /** What the sub-commands that speak HTTP need to reach it as the admin. */
  readonly settings: Settings;
}

/** Known beforehand, so that a second start on the same data has it too. */
export const ADMIN_TOKEN = 'an-admin-token-for-tests-only-0123456789';

/** `cairn serve` on a free port, until it says its address. */
export async function serve(data: string): Promise<Served> {
  await databaseOf(data);
  const running = startCairn(['serve', '--port', '0', '--data', data], { CAIRN_ADMIN_TOKEN: ADMIN_TOKEN });
  const url = (await running.until(/Cairn serves (http:\S+)/))[1] ?? '';
  return { ...running, url, adminToken: ADMIN_TOKEN, settings: { CAIRN_URL: url, CAIRN_TOKEN: ADMIN_TOKEN } };
}

/** Stops it as an operator does, and waits until it has ended. */
export async function stop(running: Running | undefined): Promise<Ended | undefined> {
  if (running === undefined) return undefined;
  running.process.kill('SIGTERM');
  return running.ended;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cairn-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** ESC and its kin: what a pipe must not get. */
export const hasControlCharacters = (text: string): boolean =>
  [...text].some((character) => (character < ' ' && character !== '\n') || character === '\u007f');
