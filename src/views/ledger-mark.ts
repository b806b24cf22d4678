import { setTimeout as sleep } from 'node:timers/promises';
import type { EventReader } from '../event-store/port.js';
import { ViewCheckpoint } from './checkpoint.js';
import { ViewsDatabaseError, type WriteDatabase } from './database.js';
import { PROJECTORS } from './projectors.js';
import type { RowWriter, Table } from './rows.js';

/** Stands among the checkpoints, where no view can have this name: the first event of the ledger that filled the views. */
const LEDGER = '(ledger)';

const CHECKPOINTS: Table<ViewCheckpoint> = { entity: ViewCheckpoint, key: ['view'] };

/** A ledger that others append to may be there a moment later than views that they have filled from it. */
const EMPTY_TRIES = { count: 5, everyMs: 200 };

/** Marks the views as those of the ledger that begins with this event; part of the transaction that projects it. */
export async function markLedger(rows: RowWriter, eventId: string): Promise<void> {
  await rows.delete(CHECKPOINTS, [[LEDGER]]);
  await rows.insert(CHECKPOINTS, [{ view: LEDGER, version: 1, position: 0, eventId }]);
}

/** Leaves empty views to whatever ledger fills them first. */
export async function unmarkLedger({ rows }: WriteDatabase): Promise<void> {
  await rows.delete(CHECKPOINTS, [[LEDGER]]);
}

/** Tells whether the views in a database that servers share are of this ledger. A file that is not is made anew. */
export class LedgerMark {
  #ours: string | undefined;

  constructor(
    private readonly reader: EventReader,
    private readonly database: WriteDatabase,
  ) {}

  /** @throws ViewsDatabaseError when another ledger's views are there */
  async check(): Promise<void> {
    if (!this.database.isShared) return;
    const mark = await this.#mark();
    if (!mark || mark.eventId === this.#ours) return;
    if ((await this.#eventIdAt(mark.position)) !== mark.eventId) {
      throw new ViewsDatabaseError(
        'the views’ database holds the views of another ledger: name another database, or run cairn rebuild, which ' +
          'makes them anew from this ledger',
        { code: 'database-refused' },
      );
    }
    if (mark.view === LEDGER) this.#ours = mark.eventId ?? undefined;
  }

  /** What this process has projected is of its own ledger, which it may not be able to ask later. */
  async learn(): Promise<void> {
    if (!this.database.isShared || this.#ours !== undefined) return;
    const mark = await this.#mark();
    if (mark?.view === LEDGER) this.#ours = mark.eventId ?? undefined;
  }

  /** Where there is no mark, any view that knows something serves. */
  async #mark(): Promise<ViewCheckpoint | undefined> {
    const names = [LEDGER, ...PROJECTORS.map(({ view }) => view)];
    const found = await this.database.rows.find(
      CHECKPOINTS,
      names.map((name) => [name]),
    );
    return found.find((checkpoint) => checkpoint !== undefined && checkpoint.position >= 0);
  }

  async #eventIdAt(position: number): Promise<string | undefined> {
    for (let tries = 1; ; tries++) {
      const [event] = await this.reader.readAll(position, 1);
      if (event || tries === EMPTY_TRIES.count) return event?.id;
      await sleep(EMPTY_TRIES.everyMs);
    }
  }
}
