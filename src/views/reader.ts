import type { DataSource } from 'typeorm';
import { ViewCheckpoint } from './checkpoint.js';
import { openReadDatabase, ViewsDatabaseError } from './database.js';
import { PROJECTORS } from './projectors.js';
import { ViewQueries } from './queries.js';

/** The views of a database that a server keeps, for a command beside it: nothing is created, updated or written. */
export class ViewReader extends ViewQueries {
  private constructor(source: DataSource) {
    super(source);
  }

  /** @throws ViewsDatabaseError when the database is not there or cannot be opened */
  static async open(database: string): Promise<ViewReader> {
    return new ViewReader(await openReadDatabase(database));
  }

  /**
   * The last position that all views know of by now; -1 when they know nothing yet.
   *
   * @throws ViewsDatabaseError when there are no views in the database
   */
  async position(): Promise<number> {
    const checkpoints = await this.source.manager.find(ViewCheckpoint).catch((cause: unknown) => {
      throw new ViewsDatabaseError('the database has no views that this version can read', { cause });
    });
    const known = new Map(checkpoints.map(({ view, position }) => [view, position]));
    return Math.min(...PROJECTORS.map(({ view }) => known.get(view) ?? -1));
  }

  async close(): Promise<void> {
    await this.source.destroy();
  }
}
