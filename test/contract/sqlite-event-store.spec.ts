import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/event-store/sqlite/store.js';
import { describeEventStore } from './event-store.contract.js';

describeEventStore('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-store-'));
  const file = join(folder, 'data', 'ledger.db');
  let store = await SqliteEventStore.open({ file });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await SqliteEventStore.open({ file });
      return store;
    },
    destroy: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
