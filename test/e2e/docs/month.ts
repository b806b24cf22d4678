import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ApiClient } from '../../../src/cli/api-client.js';
import { digestOf } from '../../../src/cli/demo/artifacts.js';
import { calendar } from '../../../src/cli/demo/calendar.js';
import { Player } from '../../../src/cli/demo/player.js';
import { Printer } from '../../../src/cli/demo/printer.js';
import { STORY } from '../../../src/cli/demo/story.js';
import { cairn, serve, stop, temporaryFolder, type Served } from '../cli/cairn.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const run = promisify(execFile);

/** The auditors' page, whole and by question. */
export const PAGE = await readFile(join(root, 'docs/auditors.md'), 'utf8');
export const sections: ReadonlyMap<string, string> = new Map(
  PAGE.split('\n## ')
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text.slice(text.indexOf('\n') + 1)] as const),
);
/** The commands of a section, a line each. */
export const commandsOf = (text = ''): string[] => /```sh\n(.*?)\n```/s.exec(text)?.[1]?.split('\n') ?? [];
export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

export type Json = Record<string, unknown>;
export interface Listed extends Json {
  readonly position: number;
  readonly items: Json[];
  readonly total: number;
}

/** A ledger with the month of the demo, and the page's commands run against it. */
export interface Month {
  readonly admin: ApiClient;
  readonly adminSettings: Readonly<Record<string, string>>;
  /** What the page's first block asks the reader to set. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the commands are run and leave their files. */
  readonly folder: string;
  /** Runs a command of a question as it stands, or what `edit` makes of it. */
  ask(question: string, place?: number, edit?: (command: string) => string): Promise<string>;
  stop(): Promise<void>;
}

export async function startMonth(): Promise<Month> {
  const folder = temporaryFolder();
  const server = await serve(join(folder.path, 'data'));
  const end = async (): Promise<void> => {
    await stop(server);
    folder.remove();
  };
  try {
    const settings = await playMonth(server);
    return {
      ...{ admin: adminOf(server), adminSettings: server.settings, settings, folder: folder.path, stop: end },
      ask: (question, place = 0, edit = (command) => command) => {
        const command = edit(commandsOf(sections.get(question))[place] ?? '');
        const isAdmins = command.includes("# an administrator's token");
        return runInBash(command, folder.path, { ...settings, ...(isAdmins && server.settings) });
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

const adminOf = (server: Served): ApiClient => new ApiClient(server.url, server.adminToken);

async function playMonth(server: Served): Promise<Record<string, string>> {
  const admin = adminOf(server);
  const startedAt = new Date();
  const player = new Player(admin, new SilentPrinter(), calendar(startedAt));
  await player.play(STORY);
  await startEmergency(admin.as(player.tokens.get('settlement-ci') ?? ''));
  // Production was defined in the first hour of the story.
  const from = calendar(startedAt)({ day: 1, minute: 10 * 60 }) ?? startedAt;
  const [, issue = ''] = /`cairn (token issue [^`]+)`/.exec(PAGE) ?? [];
  const issued = await cairn(issue.split(' '), server.settings);
  return {
    ...{ CAIRN_URL: server.url, CAIRN_TOKEN: issued.stdout.trim() },
    ...{ FROM: from.toISOString(), TO: new Date().toISOString() },
    ...(await lastSwitch(admin)),
    SIZE: await keptSize(admin),
  };
}

/** The story is told, not shown. */
class SilentPrinter extends Printer {
  override heading(): void {}
  override line(): void {}
}

/** The story has no emergency; one of what is live already moves nothing. */
async function startEmergency(pipeline: ApiClient): Promise<void> {
  const change = { type: 'emergency', reason: 'the queue is stuck' };
  const body = { digest: digestOf('settlement-worker 0.10.2'), strategy: 'all-at-once', change };
  await pipeline.expect({ method: 'POST', path: '/environments/development/promotions', body });
}

async function lastSwitch(admin: ApiClient): Promise<{ CHANGE: string; DIGEST: string; COMMIT: string }> {
  const path = '/changes?environment=production&effect=switched&kind=promotion&limit=1';
  const { items } = await admin.expectJson<Listed>({ method: 'GET', path });
  const { changeId, digest } = items[0] as { changeId: string; digest: string };
  const { artifact } = await admin.expectJson<{ artifact: { source: { commit: string } } }>({
    method: 'GET',
    path: `/changes/${changeId}`,
  });
  return { CHANGE: changeId, DIGEST: digest, COMMIT: artifact.source.commit };
}

/** Of a checkpoint, as somebody may have kept it. */
async function keptSize(admin: ApiClient): Promise<string> {
  const { text } = await admin.expect({ method: 'GET', path: '/ledger/checkpoint' });
  return text.split('\n')[1] ?? '';
}

async function runInBash(command: string, cwd: string, settings: Record<string, string>): Promise<string> {
  const api = /^api\(\) .*$/m.exec(PAGE)?.[0] ?? '';
  const cli = `cairn() { '${process.execPath}' '${join(root, 'dist/cli.js')}' "$@"; }`;
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${api}\n${cli}\n${command}`], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...settings },
  });
  return stdout;
}
