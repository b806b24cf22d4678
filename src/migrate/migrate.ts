import { MOVE_BATCH_EVENTS, type MoveState, type MoveTarget } from '../event-store/move.js';
import type { EventReader } from '../event-store/port.js';
import { leafHash } from '../ledger/leaf.js';
import { compareLedgers, type Comparison } from './compare.js';
import { MigrationError } from './errors.js';

/** What it is doing now. */
export type Phase = 'copy' | 'compare' | 'scan';

export interface Plan {
  /** Nobody may write to it meanwhile: what came later would stay behind. */
  readonly source: Pick<EventReader, 'readAll' | 'head'>;
  readonly target: MoveTarget;
  /** Nothing is written: what was moved is compared. */
  readonly isVerifyOnly: boolean;
  readonly onProgress: (phase: Phase, done: number, total: number) => void;
  /** Ends it after the batch in hand. */
  readonly signal: AbortSignal;
}

export interface Outcome extends Comparison {
  /** Position of the source's last event. */
  readonly head: number;
  /** Events that an earlier run had copied. */
  readonly before: number;
  /** Ended by the signal, after so many events were copied. */
  readonly stoppedAfter?: number;
  /** An event at the target, among those of the ledger, that is none of them. */
  readonly stranger?: string | undefined;
  /** Whether the move was ever finished: until then no server opens what is there. */
  readonly isFinished: boolean;
  /** Events that a server has added there since the move was finished. */
  readonly since: number;
}

/**
 * Copies a ledger event by event, then reads all of it back. Only when everything is equal may a server open the copy.
 *
 * @throws MigrationError for a target that cannot take it, StoreError when either side goes away
 */
export async function migrate({ source, target, isVerifyOnly, onProgress, signal }: Plan): Promise<Outcome> {
  const head = await source.head();
  if (head < 0) throw new MigrationError('nothing-to-move', 'The ledger is empty: there is nothing to move.');
  const state = await target.state();
  await check(state, head, { source, target, isVerifyOnly });
  const since = Math.max(0, state.head - head);
  const outcome = {
    head,
    before: Math.min(head, state.head) + 1,
    since,
    isFinished: state.status === 'finished',
    events: 0,
    differences: 0,
    told: [],
    root: '',
  };

  if (!isVerifyOnly && state.status !== 'finished') {
    const copied = await copy(state.head, head, { source, target, onProgress, signal });
    if (signal.aborted) return { ...outcome, stoppedAfter: copied };
  }
  const onCompared = (events: number): void => onProgress('compare', events, head + 1);
  const comparison = await compareLedgers(source, target, head, { onCompared, signal });
  if (signal.aborted) return { ...outcome, stoppedAfter: head + 1 };
  if (comparison.differences > 0) return { ...outcome, ...comparison };

  const stranger = await findStranger(head, { source, target, onProgress, signal });
  if (signal.aborted) return { ...outcome, stoppedAfter: head + 1 };
  const isToFinish = !stranger && !outcome.isFinished && !isVerifyOnly;
  if (isToFinish) await target.finish();
  return { ...outcome, ...comparison, stranger, isFinished: outcome.isFinished || isToFinish };
}

type Ends = Pick<Plan, 'source' | 'target'>;

/** Whether what is at the target is nothing, or a beginning of this very ledger, or all of it. */
async function check(state: MoveState, head: number, ends: Ends & Pick<Plan, 'isVerifyOnly'>): Promise<void> {
  const { status, head: there } = state;
  if (status === 'occupied') {
    throw new MigrationError(
      'occupied',
      `There is a ledger already, of ${there + 1} events, that was not moved there.`,
    );
  }
  if (ends.isVerifyOnly && there < 0) throw new MigrationError('not-moved', 'Nothing was moved there yet.');
  if (ends.isVerifyOnly && there < head) {
    throw new MigrationError('not-moved', `Only ${there + 1} of ${head + 1} events were moved there yet.`);
  }
  if (there >= 0 && !(await isSameAt(Math.min(head, there), ends))) {
    throw new MigrationError('occupied', `There is a part of another ledger already, of ${there + 1} events.`);
  }
  if (status === 'begun' && there > head) {
    throw new MigrationError('occupied', `There are ${there + 1} events already, and this ledger has ${head + 1}.`);
  }
  if (status === 'finished' && there < head) {
    const later = `and has ${head - there} events more than it had then`;
    throw new MigrationError('occupied', `This ledger was moved there before, ${later}: both were written since.`);
  }
}

async function isSameAt(position: number, { source, target }: Ends): Promise<boolean> {
  const [[here], [there]] = await Promise.all([source.readAll(position, 1), target.readAll(position, 1)]);
  return here !== undefined && there !== undefined && leafHash(here).equals(leafHash(there));
}

/** Answers how many events are there. */
async function copy(from: number, head: number, plan: Omit<Plan, 'isVerifyOnly'>): Promise<number> {
  const { source, target, onProgress, signal } = plan;
  let next = from + 1;
  await target.begin();
  while (next <= head && !signal.aborted) {
    const events = await source.readAll(next, MOVE_BATCH_EVENTS - (next % MOVE_BATCH_EVENTS));
    await target.append(events);
    next += events.length;
    onProgress('copy', next, head + 1);
  }
  return next;
}

async function findStranger(head: number, plan: Omit<Plan, 'isVerifyOnly'>): Promise<string | undefined> {
  const { source, target, onProgress, signal } = plan;
  const [last] = await source.readAll(head, 1);
  if (!last) return undefined;
  let seen = 0;
  return target.findStranger(last, () => onProgress('scan', (seen += 1), head + 1), signal);
}
