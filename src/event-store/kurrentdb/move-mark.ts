import { jsonEvent } from '@eventstore/db-client';
import { StoreError } from '../port.js';
import type { Connection } from './connection.js';
import { MOVE_STREAM } from './streams.js';

/**
 * Says that a ledger is being moved here, from before its first event is written until its last one was compared. A
 * half of a ledger looks like a whole one, and what a server adds to it would be a fork: so none is opened meanwhile.
 */
export type MoveMark = 'none' | 'begun' | 'finished';

const BEGUN = 'LedgerMoveBegun.v1';
const FINISHED = 'LedgerMoveFinished.v1';
/** Ids of their own, so that a mark whose answer was lost, or that an earlier run has set, is not set twice. */
const IDS = {
  [BEGUN]: '6d6f7665-0000-5000-8000-000000000001',
  [FINISHED]: '6d6f7665-0000-5000-8000-000000000002',
} as const;

export async function moveMark(connection: Connection): Promise<MoveMark> {
  const [last] = await connection.read(MOVE_STREAM, { backwards: true, maxCount: 1 });
  if (!last) return 'none';
  return last.event?.type === FINISHED ? 'finished' : 'begun';
}

export const markBegun = (connection: Connection): Promise<void> => mark(connection, -1, BEGUN);
export const markFinished = (connection: Connection): Promise<void> => mark(connection, 0, FINISHED);

/** @throws StoreError `unfinished` */
export async function assertNotMoving(connection: Connection): Promise<void> {
  if ((await moveMark(connection)) === 'begun') throw stillMoving(connection.server);
}

export const stillMoving = (server: string): StoreError =>
  new StoreError('unfinished', `A ledger is being moved to ${server}, and not all of it is there yet.`);

async function mark(connection: Connection, expected: number, type: keyof typeof IDS): Promise<void> {
  const written = await connection.append(MOVE_STREAM, expected, [jsonEvent({ id: IDS[type], type, data: {} })]);
  if ('actualRevision' in written) {
    throw new StoreError('corrupt', `${MOVE_STREAM} at ${connection.server} holds what Cairn did not write`);
  }
}
