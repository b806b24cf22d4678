import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { EventReader } from '../../../src/event-store/port.js';
import { WriteDatabase } from '../../../src/views/database.js';
import { PROJECTORS } from '../../../src/views/projectors.js';
import { ProjectionRunner } from '../../../src/views/runner.js';
import { temporaryFolder } from '../../unit/views/ledger.js';

/** The tables that the server keeps itself, for comparing with what a projection says. */
export class Views {
  readonly #folder = temporaryFolder();
  #database: WriteDatabase;

  async open(): Promise<void> {
    this.#database = await WriteDatabase.open(this.url);
  }

  get url(): string {
    return `sqlite:${join(this.#folder.path, 'views.db')}`;
  }

  get source(): DataSource {
    return this.#database.source;
  }

  /** Fills the views of these names, or all, from the ledger, and with nothing else. */
  async rebuildFrom(ledger: EventReader, views?: readonly string[]): Promise<void> {
    const projectors = PROJECTORS.filter(({ view }) => views?.includes(view) ?? true);
    const runner = await ProjectionRunner.start(ledger, this.#database, projectors);
    await runner.restart();
    while (await runner.step());
  }

  async close(): Promise<void> {
    await this.#database.close();
    this.#folder.remove();
  }
}
