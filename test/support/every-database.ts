import { afterAll, beforeAll } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { openReadDatabase, WriteDatabase } from '../../src/views/database.js';
import { DATABASES, type OwnDatabase } from '../contract/views/databases.js';

/** Runs the same tests once for each kind of database that the views can be in; `url` is known when they begin. */
export function describeOnEveryDatabase(name: string, tests: (url: () => string) => void): void {
  for (const kind of DATABASES) {
    kind.describe(`${name}, with views in ${kind.name}`, () => {
      let own: OwnDatabase | undefined;
      beforeAll(async () => {
        own = await kind.create();
      });
      afterAll(() => own?.remove());
      tests(() => own?.url ?? '');
    });
  }
}

/** A database of views as a server has it: one connection that writes, and others that read. */
export interface OpenViews {
  readonly database: WriteDatabase;
  readonly source: DataSource;
  /** How often a property is tried: fewer times where every question goes to another process. */
  readonly runs: (most: number) => number;
}

/** {@link describeOnEveryDatabase}, with the database opened; `use` takes it before the tests begin. */
export function describeOnOpenViews(
  name: string,
  use: (views: OpenViews) => void | Promise<void>,
  tests: () => void,
): void {
  describeOnEveryDatabase(name, (url) => {
    let open: OpenViews | undefined;
    beforeAll(async () => {
      const database = await WriteDatabase.open(url());
      const source = await openReadDatabase(url());
      const isServer = url().startsWith('postgres');
      open = { database, source, runs: (most) => (isServer ? Math.ceil(most / 5) : most) };
      await use(open);
    });
    afterAll(async () => {
      await open?.source.destroy();
      await open?.database.close();
    });
    tests();
  });
}
