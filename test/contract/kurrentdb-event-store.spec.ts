import { afterAll } from '@jest/globals';
import { STREAM_PREFIXES } from '../../src/domain/streams.js';
import { KurrentDbEventStore } from '../../src/event-store/kurrentdb/store.js';
import { describeEventStore } from './event-store.contract.js';
import { OwnCorner } from './kurrentdb/own-corner.js';
import { StandIn } from './kurrentdb/stand-in/stand-in.js';

const open = (url: string) => KurrentDbEventStore.open({ url, prefixes: STREAM_PREFIXES });

describeEventStore('KurrentDB, a stand-in that speaks its protocol', async () => {
  const standIn = await StandIn.start();
  let store = await open(standIn.url);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open(standIn.url);
      return store;
    },
    destroy: async () => {
      await store.close();
      await standIn.stop();
    },
  };
});

// A real server cannot be emptied for each test, so each has a corner of its own there. Without one, a stand-in that
// all tests share shows that the corners do not meet.
const REAL = process.env['CAIRN_TEST_KURRENTDB'];
const shared = REAL ? undefined : await StandIn.start();
afterAll(() => shared?.stop());

describeEventStore(`KurrentDB in use, ${REAL ? 'a real server' : 'a stand-in'}`, async () => {
  const url = REAL ?? shared?.url ?? '';
  let store = await open(url);
  const corner = await OwnCorner.of(store);
  return {
    store: corner,
    reopen: async () => {
      await store.close();
      store = await open(url);
      return corner.through(store);
    },
    destroy: () => store.close(),
  };
});
