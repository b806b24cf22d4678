import { existsSync } from 'node:fs';
import { CliError } from './errors.js';
import type { EventReader, EventStore } from '../event-store/port.js';

/**
 * Opens and holds a ledger's file, so that no server can be writing it meanwhile.
 *
 * @throws StoreError `in-use` when one is
 */
export async function openLedgerFile(eventStore: string): Promise<EventStore> {
  assertThere(eventStore);
  const { openEventStore } = await import('../adapters.js');
  return openEventStore(eventStore);
}

/** Opens a ledger's file to read, whoever writes it and whether or not it may be written at all. */
export async function readLedgerFile(eventStore: string): Promise<EventReader> {
  assertThere(eventStore);
  const { openEventReader } = await import('../adapters.js');
  return openEventReader(eventStore);
}

/** Opening would make an empty ledger, and whatever is done with it would look like a success. */
export function assertThere(eventStore: string): void {
  const file = eventStore.replace(/^sqlite:/, '');
  if (!existsSync(file)) throw new CliError('input', `There is no ledger at ${file}.`, 'Name its folder with --data.');
}
