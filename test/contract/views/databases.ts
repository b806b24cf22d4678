import { describe } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeOnPostgres, freshDatabase, type Describe } from '../../support/postgres.js';
import { temporaryFolder } from '../../unit/views/ledger.js';

/** A database for views that a test has to itself. */
export interface OwnDatabase {
  readonly url: string;
  remove(): Promise<void>;
}

export interface DatabaseKind {
  readonly name: string;
  readonly describe: Describe;
  create(): Promise<OwnDatabase>;
}

/** Every kind of database that the views can be in. */
export const DATABASES: readonly DatabaseKind[] = [
  {
    name: 'SQLite',
    describe,
    create: () => {
      const folder = temporaryFolder();
      const remove = () => Promise.resolve(rmSync(folder.path, { recursive: true, force: true }));
      return Promise.resolve({ url: `sqlite:${join(folder.path, 'views.db')}`, remove });
    },
  },
  {
    name: 'PostgreSQL',
    describe: describeOnPostgres,
    create: async () => {
      const fresh = await freshDatabase();
      return { url: fresh.url, remove: () => fresh.drop() };
    },
  },
];
