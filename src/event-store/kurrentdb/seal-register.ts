import { jsonEvent, type JSONType, type ResolvedEvent } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { StoreError } from '../port.js';
import type { RegisterEntry, SealRegister } from '../seal-register.js';
import { Connection } from './connection.js';
import { moveMark } from './move-mark.js';
import { SEALS_STREAM } from './streams.js';

/** The register as a stream of its own: the index of an entry is its revision. */
export class KurrentDbSealRegister implements SealRegister {
  private constructor(private readonly connection: Connection) {}

  /** @throws StoreError when the URL is wrong. The server is not asked until something is read. */
  static open(url: string): KurrentDbSealRegister {
    return new KurrentDbSealRegister(Connection.to(url));
  }

  async read(fromIndex: number, limit: number): Promise<RegisterEntry[]> {
    const page = await this.connection.read(SEALS_STREAM, { fromRevision: fromIndex, maxCount: limit });
    return page.map((record, at) => {
      const { index, entry } = this.entryOf(record);
      // A stream whose beginning was taken away is read from where it begins now.
      if (index !== fromIndex + at) throw this.broken(`entry ${fromIndex + at} is not there`);
      return entry;
    });
  }

  async last() {
    const [newest] = await this.connection.read(SEALS_STREAM, { backwards: true, maxCount: 1 });
    return newest && this.entryOf(newest);
  }

  async append(index: number, entries: readonly RegisterEntry[]): Promise<boolean> {
    const events = entries.map(({ type, data }) => jsonEvent({ id: randomUUID(), type, data: data as JSONType }));
    const written = await this.connection.append(SEALS_STREAM, index - 1, events);
    return 'revision' in written;
  }

  async wasMoved(): Promise<boolean> {
    return (await moveMark(this.connection)) === 'finished';
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private entryOf({ event }: ResolvedEvent): { index: number; entry: RegisterEntry } {
    if (!event) throw this.broken('an entry is not there');
    return { index: Number(event.revision), entry: { type: event.type, data: event.data } };
  }

  private broken(what: string): StoreError {
    return new StoreError('corrupt', `${SEALS_STREAM} at ${this.connection.server}: ${what}`);
  }
}
