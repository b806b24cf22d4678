import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { loadConfig, type Config } from '../config.js';
import { ApiClient } from './api-client.js';
import { calendar, monthBefore } from './demo/calendar.js';
import { Closing } from './demo/closing.js';
import { Player } from './demo/player.js';
import { Printer } from './demo/printer.js';
import { STORY } from './demo/story.js';
import { curlCommands, type ToTry } from './demo/to-try.js';
import { CliError } from './errors.js';
import { leaveSoon, untilStopped } from './shutdown.js';

interface DemoOptions {
  readonly exit?: boolean;
  readonly port?: string;
  readonly data?: string;
}

interface Server {
  readonly url: string;
  readonly adminToken?: string | undefined;
  close(): Promise<void>;
}

/** `cairn demo`: a server on a folder of its own, and a month of three services played to it over HTTP. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('play a month of three services to a server of its own, and leave it running to try')
    .option('--exit', 'end when the story is told, and remove the temporary folder')
    .option('--port <port>', 'port to listen on (default 3000, or any free one when that is taken)')
    .option('--data <folder>', 'an empty folder to keep the ledger in (default: a temporary one)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ cairn demo\n  $ cairn demo --exit\n  $ cairn demo --data ./demo-data --port 8080',
    )
    .action(demo);
}

async function demo(options: DemoOptions): Promise<void> {
  const folder = options.data ?? mkdtempSync(join(tmpdir(), 'cairn-demo-'));
  const cleanUp = (): void => {
    if (options.data === undefined) rmSync(folder, { recursive: true, force: true });
  };
  // Whatever ends the process, a temporary folder does not outlive it.
  process.once('exit', cleanUp);
  if (existsSync(join(folder, 'ledger.db'))) {
    throw new CliError(
      'usage',
      `${folder} holds a ledger already.`,
      'The demo needs an empty folder: name another one with --data.',
    );
  }
  const stopped = untilStopped();
  const server = await startDemoServer(folder, options);
  try {
    const told = tell(server, options.exit ?? false);
    if (options.exit) return await told;
    const signal = await Promise.race([told.then(() => stopped), stopped]);
    told.catch(() => undefined);
    console.error(`${signal}: stopping.`);
  } finally {
    await server.close();
    leaveSoon();
  }
}

async function tell(server: Server, isExiting: boolean): Promise<void> {
  const printer = new Printer();
  const startedAt = new Date();
  const admin = new ApiClient(server.url, server.adminToken);
  const player = new Player(admin, printer, calendar(startedAt));
  await player.play(STORY);
  const auditor = await player.issueToken('auditor-1', { role: 'auditor' });
  const closing = new Closing(admin.as(auditor), printer, player.names);
  await closing.tell(startedAt, player.position);
  const seconds = ((Date.now() - startedAt.getTime()) / 1000).toFixed(1);
  console.log(`\nA month of ${player.position + 1} events, told over HTTP in ${seconds} s.`);
  if (isExiting) return;
  const tokens = { auditor, pipeline: player.tokens.get('orders-ci') ?? '' };
  const changeId = await closing.lastSwitch();
  printToTry({ url: server.url, tokens, month: monthBefore(startedAt), changeId }, printer);
}

function printToTry(subject: ToTry, { colors }: Printer): void {
  const { url, tokens } = subject;
  console.log(
    `\n${colors.bold(`The ledger is at ${url}`)} (its API: ${url}/openapi.json), with a token that may read:\n`,
  );
  console.log(`  ${tokens.auditor}`);
  for (const { title, lines } of curlCommands(subject)) {
    console.log(`\n${title}\n`);
    for (const line of lines) console.log(`  ${line}`);
  }
  console.log(`\n${colors.dim('Ctrl-C stops it.')}`);
}

/** On the port that was asked for; without one on 3000, and where that is taken on any free one. */
async function startDemoServer(folder: string, { port, exit }: DemoOptions): Promise<Server> {
  const { startServer } = await import('../main.js');
  const configFor = (chosen: string): Config => loadConfig({ CAIRN_DATA: folder, CAIRN_PORT: chosen });
  if (port !== undefined || exit) return startServer(configFor(port ?? '0'));
  try {
    return await startServer(configFor('3000'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startServer(configFor('0'));
  }
}
