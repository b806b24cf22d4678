import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { CliError } from './errors.js';
import { grouped, startProgress } from './progress.js';
import { isAtServer } from '../config.js';
import type { EventStore } from '../event-store/port.js';
import { configFor } from './server-options.js';

/** `cairn rebuild`: makes the views anew from the ledger, which is only read. */
export function addRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('make the views anew from the ledger; the server must be stopped')
    .option('--data <folder>', 'folder of the ledger and its views (CAIRN_DATA, default data)')
    .addHelpText(
      'after',
      `
The views are derived: they can be deleted and made anew, to the same rows, at any time.

Example:
  $ cairn rebuild --data /var/lib/cairn`,
    )
    .action(rebuild);
}

async function rebuild(options: { data?: string }): Promise<void> {
  const { eventStore, database } = configFor(options);
  const { rebuildViews } = await import('../views/rebuild.js');
  const lock = isAtServer(eventStore) ? undefined : await lockLedger(eventStore);
  const progress = startProgress('rebuild');
  const startedAt = Date.now();
  const rate = (events: number): string =>
    `${grouped(events / Math.max(0.001, (Date.now() - startedAt) / 1000))} events/s`;
  let events = 0;
  try {
    await rebuildViews({
      eventStore,
      database,
      onProgress: (position, head) => {
        events = position + 1;
        const [done, total] = [events, head + 1];
        progress.update(done, total, `${grouped(done)} of ${grouped(total)} events, ${rate(done)}`);
      },
    });
  } finally {
    progress.stop();
    await lock?.close();
  }
  console.log(`The views were made anew from ${grouped(events)} events (${rate(events)}).`);
}

/** Holds a ledger's file, so that no server can be writing its views. */
async function lockLedger(eventStore: string): Promise<EventStore> {
  const file = eventStore.replace(/^sqlite:/, '');
  // Opening would make an empty ledger, and a rebuild of nothing would look like a success.
  if (!existsSync(file)) throw new CliError('input', `There is no ledger at ${file}.`, 'Name its folder with --data.');
  const { openEventStore } = await import('../adapters.js');
  return openEventStore(eventStore);
}
