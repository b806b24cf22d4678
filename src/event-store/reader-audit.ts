import type { AuditedEvent, LedgerAudit } from './audit.js';
import type { EventReader } from './port.js';

const PAGE = 1_000;

/** A ledger that another program keeps: its events are all that can be seen of it. Their ids are kept in memory. */
export class ReaderAudit implements LedgerAudit {
  readonly keepsIdsUnique = false;

  constructor(private readonly reader: EventReader) {}

  inspect(): { damage: string[]; otherRules: string[] } {
    return { damage: [], otherRules: [] };
  }

  head(): Promise<number> {
    return this.reader.head();
  }

  /** Up to the head that it has at the beginning; the next page is asked for while one is looked at. */
  async *pages(): AsyncIterable<readonly AuditedEvent[]> {
    const head = await this.reader.head();
    const read = (from: number) => this.reader.readAll(from, Math.min(PAGE, head + 1 - from));
    let ahead = read(0);
    for (let from = 0; from <= head;) {
      const page = await ahead;
      from = (page.at(-1)?.position ?? head) + 1;
      ahead = from <= head ? read(from) : Promise.resolve([]);
      // Whoever stops here does not wait for it.
      ahead.catch(() => undefined);
      yield page;
    }
  }

  erasures(): undefined {
    return undefined;
  }

  streamNames(): [] {
    return [];
  }

  typeNames(): [] {
    return [];
  }

  snapshots(): [] {
    return [];
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
