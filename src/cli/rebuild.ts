import type { Command } from 'commander';
import { grouped, startProgress } from './progress.js';
import { isAtServer } from '../config.js';
import { openLedgerFile } from './ledger-file.js';
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
  const lock = isAtServer(eventStore) ? undefined : await openLedgerFile(eventStore);
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
