import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port.js';
import { openReadDatabase } from '../../../src/views/database.js';
import { dump } from '../../unit/views/ledger.js';
import { step, tell } from '../../unit/views/model.js';

/** Events of a random history of so many steps. */
export const history = (steps: number): RecordedEvent[] => tell(fc.sample(step, steps)).events;

/** Writes them at the end of a ledger; answers its last position. */
export async function record(store: EventStore, events: readonly RecordedEvent[]): Promise<number> {
  const outcomes = await store.appendAll(
    events.map(({ stream, revision, id, type, occurredAt, actor, data, remarks, meta, salts }) => ({
      stream,
      expectedRevision: revision - 1,
      event: { id, type, occurredAt, actor, data, remarks: remarks ?? '{}', meta, salts },
    })),
  );
  expect(outcomes.every(({ status }) => status === 'appended')).toBe(true);
  return store.head();
}

/** Every row of every table of the views, by table. */
export async function dumpOf(url: string): Promise<Record<string, string[]>> {
  const source = await openReadDatabase(url);
  const rows = await dump(source);
  await source.destroy();
  return rows;
}
