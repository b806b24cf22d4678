import type { EventReader, EventStore, SnapshotStore } from './event-store/port.js';
import { SqliteEventReader } from './event-store/sqlite/reader.js';
import { SqliteEventStore } from './event-store/sqlite/store.js';

/** Which event store a setting names. Besides `app.module.ts` this file alone knows the concrete ones. */
const SQLITE = 'sqlite:';

/** @throws StoreError when the store cannot be opened, saying why */
export function openEventStore(url: string): Promise<EventStore & SnapshotStore> {
  return SqliteEventStore.open({ file: sqliteFile(url) });
}

/** The reading half alone, for worker threads and for commands that change nothing. */
export function openEventReader(url: string): EventReader {
  return SqliteEventReader.open(sqliteFile(url));
}

/** @throws RangeError for a URL of another kind */
export function sqliteFile(url: string): string {
  if (!url.startsWith(SQLITE) || url.length === SQLITE.length) {
    throw new RangeError(`not the address of an event store: ${url} (sqlite:PATH is known)`);
  }
  return url.slice(SQLITE.length);
}
