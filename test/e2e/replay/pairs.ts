import { describe } from '@jest/globals';
import { StandIn } from '../../contract/kurrentdb/stand-in/stand-in.js';
import { describeOnPostgres, freshDatabase, type Describe } from '../../support/postgres.js';

/** Something that a server needs besides itself. */
interface Place {
  readonly setting: string;
  remove(): Promise<unknown>;
}

/** One of the four ways to keep a ledger: where its events are, and where its views. */
export interface Pair {
  readonly name: string;
  readonly isEmbedded: boolean;
  readonly describe: Describe;
  /** What a server of it needs, each time a new one; the settings name it. */
  open(): Promise<{ readonly settings: Record<string, string>; close(): Promise<void> }>;
}

const embedded = { name: 'SQLite', describe, open: () => Promise.resolve(undefined) };

const STORES = [
  embedded,
  {
    name: 'KurrentDB',
    describe,
    open: async (): Promise<Place> => {
      const standIn = await StandIn.start();
      return { setting: standIn.url, remove: () => standIn.stop() };
    },
  },
];

const DATABASES = [
  embedded,
  {
    name: 'PostgreSQL',
    describe: describeOnPostgres,
    open: async (): Promise<Place> => {
      const database = await freshDatabase();
      return { setting: database.url, remove: () => database.drop() };
    },
  },
];

export const PAIRS: readonly Pair[] = STORES.flatMap((store) =>
  DATABASES.map((database) => ({
    name: `events in ${store.name}, views in ${database.name}`,
    isEmbedded: store === embedded,
    describe: database.describe,
    open: async () => {
      const [events, views] = [await store.open(), await database.open()];
      const settings = {
        ...(events && { CAIRN_EVENT_STORE: events.setting }),
        ...(views && { CAIRN_DATABASE: views.setting }),
      };
      return {
        settings,
        close: async () => {
          await views?.remove();
          await events?.remove();
        },
      };
    },
  })),
);
