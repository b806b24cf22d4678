import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { StoreError, type EventReader } from '../event-store/port.js';
import type { Calls } from './calls.js';
import type { WriteDatabase } from './database.js';
import { isDatabasePassing } from './database/away.js';
import { messageOf } from './database/session.js';
import { buildIndexes } from './indexes.js';
import { LedgerMark } from './ledger-mark.js';
import { PROJECTORS } from './projectors.js';
import type { FromProjector } from './protocol.js';
import { checkpointsOf, ProjectionRunner, StaleCheckpointError } from './runner.js';

export interface Keeping {
  readonly reader: EventReader;
  readonly views: WriteDatabase;
  readonly calls: Calls;
  readonly post: (message: FromProjector) => void;
}

/**
 * Under load the next batch is gathered for a while, since every commit writes the same few pages again. A batch of a
 * few events shows that there is no load, one of many that there is enough already.
 */
const GATHER_AFTER_EVENTS = { from: 8, to: 1_500 };
const GATHER_MS = 250;

/** How often a store that is away is asked again by who projects, and for how long until it lets another one project. */
const STORE_AWAY_MS = { every: 500, letGoAfter: 3_000 };

/** How long who was cut off from the store leaves the views to others: twice as long each time, up to the last. */
const CUT_OFF_MS = { first: 2_000, last: 5_000 };

/** A ledger that cannot be trusted any more, and a store that this process has closed. No other refusal is for good. */
const FINAL_STORE_ERRORS: readonly string[] = ['corrupt', 'closed'];

/** How long to wait before a database that was away is asked again: twice as long each time, up to the last. */
const DATABASE_AWAY_MS = { first: 250, last: 5_000 };

/** How often who has nothing to do looks whether all is still as it was, and who follows whether it may project. */
const IDLE_MS = 1_000;

/** How long who follows leaves the database alone while the ledger grows, and while somebody waits to see it. */
const FOLLOW_MS = { busy: 100, urgent: 15 };

/**
 * Keeps the views up to the ledger until it is told to end. Of all who share a database one projects, and the others
 * tell how far that one has come; when it dies, or its connection does, or it cannot read the ledger, another takes
 * over where the rows are.
 */
export async function keepViews(keeping: Keeping): Promise<void> {
  const { reader, views, calls } = keeping;
  const tries = new Tries();
  const mark = new LedgerMark(reader, views);
  const told: Keeping = {
    ...keeping,
    post: (message) => {
      tries.hasMoved(message);
      keeping.post(message);
    },
  };
  while (!calls.isClosing) {
    try {
      const isProjecting = !tries.isCutOff && (await views.hold());
      await mark.check();
      if (isProjecting) await project(told, mark);
      else await follow(told, tries.isCutOff ? tries.cutOff : undefined);
    } catch (error) {
      if (isStoreAway(error) && tries.hasBegun) {
        tries.cutOffBy(messageOf(error));
        // Where this fails, the connection is lost, and the views with it.
        await views.letGo().catch(() => undefined);
      } else if (isPassing(error)) {
        keeping.post({ kind: 'away', message: messageOf(error) });
        await calls.until(() => calls.isClosing, tries.databaseAwayMs());
      } else {
        throw error;
      }
    }
  }
}

/** What has failed lately, and how long it is to be left alone. */
class Tries {
  /** Until something was told, whoever starts it is to hear what is wrong, and may mend it. */
  hasBegun = false;
  cutOff: string | undefined;
  #cutOffUntil = 0;
  #databaseAway = 0;
  #storeAway = 0;

  get isCutOff(): boolean {
    return performance.now() < this.#cutOffUntil;
  }

  hasMoved(message: FromProjector): void {
    if (message.kind !== 'moved') return;
    this.hasBegun = true;
    this.#databaseAway = 0;
    if (message.cutOff === undefined) this.#storeAway = 0;
  }

  cutOffBy(reason: string): void {
    this.cutOff = reason;
    this.#cutOffUntil = performance.now() + doubled(CUT_OFF_MS, this.#storeAway++);
  }

  databaseAwayMs(): number {
    return doubled(DATABASE_AWAY_MS, this.#databaseAway++);
  }
}

const doubled = ({ first, last }: { first: number; last: number }, times: number): number =>
  Math.min(last, first * 2 ** times);

/** Projects batch after batch while there are events, and waits to be told of more when there are none. */
async function project({ reader, views, calls, post }: Keeping, mark: LedgerMark): Promise<void> {
  await buildIndexes(views, PROJECTORS);
  const untilBack = <Result>(ask: () => Promise<Result>) => untilStoreIsBack(calls, ask);
  const runner = await untilBack(() => ProjectionRunner.start(reader, views, PROJECTORS));
  const first = await untilBack(() => reader.head());
  if (runner === undefined || first === undefined) return;
  post({ kind: 'moved', positions: runner.positions, head: first });
  while (!calls.isClosing) {
    calls.take();
    const projected = await untilBack(() => runner.step());
    const head = await untilBack(() => reader.head());
    if (projected === undefined || head === undefined) return;
    if (projected > 0) await mark.learn();
    post({ kind: 'moved', positions: runner.positions, head });
    // Messages are taken in between batches only when the event loop gets a turn.
    await setImmediate();
    if (projected === 0) await idle({ views, calls });
    else if (projected >= GATHER_AFTER_EVENTS.from && projected < GATHER_AFTER_EVENTS.to)
      await calls.until(() => calls.isUrgent || calls.isClosing, GATHER_MS);
  }
}

/**
 * Waits to be told of more, and looks now and then whether the connection is still there, and with it the right to
 * write. Whoever waits at another server cannot tell this one: it looks for events as well.
 */
async function idle({ views, calls }: Pick<Keeping, 'views' | 'calls'>): Promise<void> {
  await calls.until(() => calls.hasNews, IDLE_MS);
  if (!calls.hasNews) await views.check();
}

/** Tells how far the views are that another one projects, and why this one could not, if it is because of the store. */
async function follow({ views, calls, post }: Keeping, cutOff?: string): Promise<void> {
  calls.take();
  const checkpoints = await checkpointsOf(views, PROJECTORS);
  const positions = Object.fromEntries(
    PROJECTORS.map(({ view, version }) => {
      const checkpoint = checkpoints.get(view);
      return [view, checkpoint?.version === version ? checkpoint.position : -1];
    }),
  );
  const head = Math.max(...Object.values(positions));
  post({ kind: 'moved', positions, head, ...(cutOff !== undefined && { cutOff }) });
  await sleep(FOLLOW_MS.urgent);
  await calls.until(() => calls.hasNews, IDLE_MS);
  await calls.until(() => calls.isUrgent || calls.isClosing, FOLLOW_MS.busy);
}

/** Whether it is over by itself, so that it is to be tried again; anything else stops the views. */
const isPassing = (error: unknown): boolean => error instanceof StaleCheckpointError || isDatabasePassing(error);

const isStoreAway = (error: unknown): error is StoreError =>
  error instanceof StoreError && !FINAL_STORE_ERRORS.includes(error.code);

/**
 * What a store answers once it is there; nothing when this is to end first. One that stays away throws: another server
 * may reach it. A step reads before it writes anything.
 */
async function untilStoreIsBack<Result>(calls: Calls, ask: () => Promise<Result>): Promise<Result | undefined> {
  const since = performance.now();
  while (!calls.isClosing) {
    try {
      return await ask();
    } catch (error) {
      if (!isStoreAway(error) || performance.now() - since > STORE_AWAY_MS.letGoAfter) throw error;
      await calls.until(() => calls.isClosing, STORE_AWAY_MS.every);
    }
  }
  return undefined;
}
