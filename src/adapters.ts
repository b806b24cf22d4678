import { STREAM_PREFIXES } from './domain/streams.js';
import type { Eraser } from './event-store/erase.js';
import type { LedgerAudit } from './event-store/audit.js';
import { isEsdbUrl, schemeOf } from './event-store/esdb-url.js';
import type { MoveTarget } from './event-store/move.js';
import type { EventReader, EventStore, SnapshotStore } from './event-store/port.js';
import type { SealRegister } from './event-store/seal-register.js';
import { SqliteEraser } from './event-store/sqlite/eraser.js';
import { ReaderAudit } from './event-store/reader-audit.js';
import { SqliteLedgerAudit } from './event-store/sqlite/audit.js';
import { SqliteEventReader } from './event-store/sqlite/reader.js';
import { SqliteEventStore } from './event-store/sqlite/store.js';

/** Beginnings and names of the streams that there can be. */
export const STREAMS = STREAM_PREFIXES;

/** Which event store a setting names. Besides `app.module.ts` this file alone knows the concrete ones. */
const SQLITE = 'sqlite:';

/** @throws StoreError when the store cannot be opened, saying why */
export async function openEventStore(url: string): Promise<EventStore & SnapshotStore> {
  if (!isEsdbUrl(url)) return SqliteEventStore.open({ file: sqliteFile(url) });
  // Loaded only where it is used: the client and its protocol are large.
  const { KurrentDbEventStore } = await import('./event-store/kurrentdb/store.js');
  return KurrentDbEventStore.open({ url, prefixes: STREAM_PREFIXES });
}

/** The reading half alone, for worker threads and for commands that change nothing. */
export async function openEventReader(url: string): Promise<EventReader> {
  if (!isEsdbUrl(url)) return SqliteEventReader.open(sqliteFile(url));
  const { KurrentDbEventReader } = await import('./event-store/kurrentdb/reader.js');
  return KurrentDbEventReader.open(url);
}

/** What the servers of a ledger have signed of it; undefined for a ledger that one server has for itself. */
export async function openSealRegister(url: string): Promise<SealRegister | undefined> {
  if (!isEsdbUrl(url)) return undefined;
  const { KurrentDbSealRegister } = await import('./event-store/kurrentdb/seal-register.js');
  return KurrentDbSealRegister.open(url);
}

/** A ledger as it is stored, for whoever checks it. */
export async function openLedgerAudit(url: string): Promise<LedgerAudit> {
  if (!isEsdbUrl(url)) return SqliteLedgerAudit.open(sqliteFile(url));
  return new ReaderAudit(await openEventReader(url));
}

/** Where a ledger can be moved to: the KurrentDB of an `esdb://` URL. */
export async function openMoveTarget(url: string): Promise<MoveTarget> {
  const { KurrentDbMoveTarget } = await import('./event-store/kurrentdb/move-target.js');
  return KurrentDbMoveTarget.open(url, STREAM_PREFIXES);
}

/** Where remarks can be erased: in a ledger's file. */
export const openEraser = (url: string): Eraser => SqliteEraser.open({ file: sqliteFile(url) });

/** @throws RangeError for a URL of another kind */
export function sqliteFile(url: string): string {
  if (!url.startsWith(SQLITE) || url.length === SQLITE.length) {
    throw new RangeError(`not the address of an event store: ${schemeOf(url)} (sqlite:PATH and esdb:// are known)`);
  }
  return url.slice(SQLITE.length);
}
