import { setImmediate } from 'node:timers/promises';
import { StoreError } from '../../event-store/port.js';
import { errorCode } from '../../sqlite-files.js';
import { SealError } from '../seal-errors.js';
import type { LogKey, SealerStatus } from '../sealed-ledger.js';
import type { Bell } from './bell.js';
import type { FromSealer } from './protocol.js';
import type { Sealer } from './sealer.js';

/** How long to wait before what failed is tried again: twice as long each time, up to the last. */
const RETRY_MS = { first: 250, last: 5_000 };

/** How long what is there when it is asked to end may take to be sealed. */
const CLOSING_MS = 3_000;

/** How often in a row the tree is made anew before it is said that this does not help. */
const TREES_MAX = 2;

/** What passes by itself: a store or a disk that does not answer for a while. Nothing else does. */
const PASSING: readonly string[] = ['unavailable', 'unsettled', 'unfinished', 'read-only', 'denied'];

export interface Keeping {
  readonly sealer: Sealer;
  readonly bell: Bell;
  readonly sealIntervalMs: number;
  /** @returns undefined where it first has to look what others have signed */
  readonly rotate: () => LogKey | Promise<LogKey | undefined>;
  /** Why another server signs and this one does not. */
  readonly follows?: () => string | undefined;
  /** Why nobody signs for now. */
  readonly waitsFor?: () => string | undefined;
  /** What is wrong that does not keep it from sealing. */
  readonly trouble?: () => string | undefined;
  readonly post: (message: FromSealer) => void;
  readonly nowMs?: () => number;
}

/**
 * Seals what the ledger has until it is told to end: at most every so often while it grows, at once when somebody
 * waits, and never without something new. Something that does not pass by itself ends the sealing, and nothing else.
 */
export async function keepSealed(keeping: Keeping): Promise<void> {
  const { sealer, bell, sealIntervalMs } = keeping;
  const pace = new Pace(keeping);
  while (!pace.isOver) {
    try {
      await pace.begin();
      pace.owesAnswer ||= bell.isUrgent;
      bell.isUrgent = false;
      if (bell.damage !== undefined) throw new SealError('tree-damaged', bell.damage);
      await answerRotations(keeping);
      // Whoever asks it to end has written all by then, which only a look from here on is sure to see.
      const isLastLook = bell.isClosing;
      const hasMore = await sealer.integrate();
      await setImmediate();
      if (!hasMore || pace.isDue) pace.sealed(await sealed(sealer));
      if (hasMore || sealer.isBehind) continue;
      if (pace.owesAnswer) keeping.post({ kind: 'looked' });
      pace.owesAnswer = false;
      if (isLastLook) return;
      await bell.rest(sealIntervalMs);
    } catch (error) {
      if (!(await pace.failed(error))) return halt(keeping, error);
    }
  }
}

async function sealed(sealer: Sealer): Promise<string | undefined> {
  await sealer.seal();
  return sealer.offer();
}

/** When to sign, and what to do about failures. */
class Pace {
  /** Somebody has told it to hurry, and waits to hear that it has. */
  owesAnswer = false;
  private isBegun = false;
  private lastMs = -Infinity;
  private closingSinceMs: number | undefined;
  private failures = 0;
  private trees = 0;
  private hasGivenUp = false;
  private state = '';

  constructor(private readonly keeping: Keeping) {}

  get isDue(): boolean {
    return this.now() - this.lastMs >= this.keeping.sealIntervalMs;
  }

  /** It was asked to end, and what it had to do meanwhile took too long. */
  get isOver(): boolean {
    if (!this.keeping.bell.isClosing) return false;
    if (this.hasGivenUp) return true;
    this.closingSinceMs ??= this.now();
    return this.now() - this.closingSinceMs > CLOSING_MS;
  }

  async begin(): Promise<void> {
    if (this.isBegun) return;
    await this.keeping.sealer.start();
    this.isBegun = true;
    // What was signed before can be shown whatever comes of the rest.
    await this.keeping.sealer.offer();
  }

  sealed(waitsFor: string | undefined): void {
    this.lastMs = this.now();
    this.failures = 0;
    const follows = this.keeping.follows?.();
    if (!this.keeping.sealer.hasUnsigned || follows !== undefined) this.trees = 0;
    const why = waitsFor ?? this.keeping.waitsFor?.();
    const detail = [follows, this.keeping.trouble?.()].filter((part) => part !== undefined).join('. ');
    if (why !== undefined) this.tell({ state: 'waiting', detail: why });
    else this.tell({ state: follows === undefined ? 'sealing' : 'following', ...(detail !== '' && { detail }) });
  }

  /** @returns whether it goes on */
  async failed(error: unknown): Promise<boolean> {
    const { bell, sealer } = this.keeping;
    const code = errorCode(error);
    this.isBegun = false;
    if (code === 'tree-damaged' && error instanceof SealError && this.trees < TREES_MAX) {
      this.trees += 1;
      bell.damage = undefined;
      sealer.makeAnew(error.message);
      return true;
    }
    if (!PASSING.includes(code)) return false;
    this.tell({ state: 'waiting', detail: messageOf(error) });
    if (bell.isClosing) {
      this.hasGivenUp = true;
      return true;
    }
    const retryMs = Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** this.failures);
    this.failures += 1;
    await bell.pause(retryMs);
    return true;
  }

  private tell(status: SealerStatus): void {
    const state = `${status.state} ${status.detail ?? ''}`;
    if (state === this.state) return;
    this.keeping.post({ kind: 'status', status });
    if (status.state === 'following') this.keeping.post({ kind: 'log', line: status.detail ?? '' });
    this.state = state;
  }

  private now(): number {
    return this.keeping.nowMs?.() ?? performance.now();
  }
}

/** A key that could not be made leaves the one before in use, and the sealing as it was. */
async function answerRotations({ bell, rotate, post }: Keeping): Promise<void> {
  for (; bell.rotations > 0; bell.rotations -= 1) {
    try {
      const key = await rotate();
      if (!key) return;
      post({ kind: 'rotated', key });
    } catch (error) {
      // Whether the store has written what was stated is seen when it is back, and is gone on with then.
      if (error instanceof StoreError) throw error;
      post({ kind: 'not-rotated', message: messageOf(error), ...(errorCode(error) && { code: errorCode(error) }) });
    }
  }
}

/** Says what it saw, and does nothing more until it is told to end: what is shown stays. */
async function halt({ sealer, bell, post }: Keeping, error: unknown): Promise<void> {
  const detail = messageOf(error);
  await sealer.offerLast().catch((failure: unknown) => {
    post({ kind: 'log', line: `The last checkpoint cannot be shown: ${messageOf(failure)}` });
  });
  post({ kind: 'log', line: `SEALING HAS STOPPED, nothing is signed any more: ${detail}` });
  post({ kind: 'status', status: { state: 'halted', detail } });
  while (!bell.isClosing) {
    for (; bell.rotations > 0; bell.rotations -= 1) {
      post({ kind: 'not-rotated', message: `Sealing has stopped: ${detail}`, code: 'diverged' });
    }
    bell.isUrgent = false;
    bell.damage = undefined;
    await bell.rest(2 ** 30);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
