import type { Command } from 'commander';
import { isAtServer, serverOf, type Config } from '../config.js';
import { configFor, type ServerOptions } from './server-options.js';
import { leaveSoon, untilStopped } from './shutdown.js';
import { colorsFor } from './terminal.js';

/** `cairn serve`: the ledger, its views and the HTTP API, until a signal stops it. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the ledger over HTTP')
    .option('--host <address>', 'address to listen on (CAIRN_HOST, default 127.0.0.1)')
    .option('--port <port>', 'port to listen on, 0 for any free one (CAIRN_PORT, default 3000)')
    .option('--data <folder>', 'folder of the ledger and its views (CAIRN_DATA, default data)')
    .addHelpText(
      'after',
      `
The first start makes the admin's token and prints it once. Ctrl-C or SIGTERM stops after the requests in flight, a
second one at once.

Examples:
  $ cairn serve
  $ cairn serve --host 0.0.0.0 --port 8080 --data /var/lib/cairn`,
    )
    .action(serve);
}

async function serve(options: ServerOptions): Promise<void> {
  const config = configFor(options);
  // Loaded here, so that the other sub-commands do not wait for the server's modules.
  const { startServer } = await import('../main.js');
  const stopped = untilStopped();
  const server = await startServer(config);
  const colors = colorsFor(process.stdout);
  console.log(`Cairn serves ${colors.bold(server.url)} (${placesOf(config)})`);
  // One that was given by the setting is known to whoever gave it, and belongs into no log.
  if (server.adminToken !== undefined && config.adminToken === undefined) {
    console.log(`\nThe admin's token, shown this once; the ledger keeps only its hash:\n\n  ${server.adminToken}\n`);
  }
  const signal = await stopped;
  console.error(`${signal}: stopping after the requests in flight; once more stops at once.`);
  await server.close();
  leaveSoon();
}

/** Where the data are: who has set an address wrongly sees it here. */
function placesOf({ dataFolder, eventStore, database }: Config): string {
  const events = isAtServer(eventStore) ? `, events at ${serverOf(eventStore)}` : '';
  const views = isAtServer(database) ? `, views at ${serverOf(database)}` : '';
  return `data in ${dataFolder}${events}${views}`;
}
