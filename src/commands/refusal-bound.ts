import type { CountedRefusals } from '../domain/access/events.js';
import type { RefusalReason } from '../domain/refusal.js';

const MINUTE_MS = 60_000;

/** Callers that are kept in mind within a minute. Beyond, the one that has been there longest begins anew. */
const CALLERS_MAX = 10_000;

interface Tally {
  readonly pipeline: string | undefined;
  readonly isOfOne: boolean;
  readonly count: number;
  readonly reasons: Map<RefusalReason, number>;
}

interface Caller {
  recorded: number;
  surplus?: Tally;
}

export interface RefusedCaller {
  readonly actor: string;
  readonly pipeline?: string | undefined;
}

/** Whether a refusal becomes an event; where it does not, it is counted, and the caller may come again at the time. */
export type Verdict = { readonly isRecorded: true } | { readonly isRecorded: false; readonly untilMs: number };

/**
 * How many refusals of a caller become events within a minute of the clock. A refusal costs the ledger an event for
 * ever, and whoever has a token could ask for refusals without end; what comes beyond the bound is counted by reason.
 */
export class RefusalBound {
  private minuteMs = 0;
  private readonly callers = new Map<string, Caller>();
  private ended: CountedRefusals[] = [];

  constructor(
    private readonly perMinute: number,
    private readonly callersMax = CALLERS_MAX,
  ) {}

  take({ actor, pipeline }: RefusedCaller, reason: RefusalReason, now: Date): Verdict {
    this.turn(now);
    const caller = this.callerOf(actor, now);
    if (caller.recorded < this.perMinute) {
      caller.recorded++;
      return { isRecorded: true };
    }
    caller.surplus = counted(caller.surplus, pipeline, reason);
    return { isRecorded: false, untilMs: this.minuteMs + MINUTE_MS };
  }

  /** What was counted in the minutes that have ended; each is told once. */
  endedBy(now: Date): CountedRefusals[] {
    this.turn(now);
    return this.handOver();
  }

  /** What was counted until now, the minute that is going on included: the server stops. */
  end(now: Date): CountedRefusals[] {
    this.close(now);
    return this.handOver();
  }

  /** A clock that was set back goes on in the minute that it was in. */
  private turn(now: Date): void {
    const minuteMs = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
    if (minuteMs <= this.minuteMs) return;
    this.close(new Date(this.minuteMs + MINUTE_MS));
    this.minuteMs = minuteMs;
  }

  private close(until: Date): void {
    for (const [actor, caller] of this.callers) this.closeOne(actor, caller, until);
    this.callers.clear();
  }

  private closeOne(subject: string, { surplus }: Caller, until: Date): void {
    if (!surplus) return;
    const { pipeline, isOfOne, count, reasons } = surplus;
    this.ended.push({
      subject,
      ...(isOfOne && pipeline !== undefined && { pipeline }),
      from: new Date(this.minuteMs).toISOString(),
      until: until.toISOString(),
      count,
      reasons: Object.fromEntries([...reasons].sort(([a], [b]) => (a < b ? -1 : 1))),
    });
  }

  private callerOf(actor: string, now: Date): Caller {
    const known = this.callers.get(actor);
    if (known) return known;
    const [oldest] = this.callers;
    if (oldest && this.callers.size >= this.callersMax) {
      this.closeOne(...oldest, now);
      this.callers.delete(oldest[0]);
    }
    const caller = { recorded: 0 };
    this.callers.set(actor, caller);
    return caller;
  }

  private handOver(): CountedRefusals[] {
    const ended = this.ended;
    this.ended = [];
    return ended;
  }
}

function counted(before: Tally | undefined, pipeline: string | undefined, reason: RefusalReason): Tally {
  const reasons = before?.reasons ?? new Map<RefusalReason, number>();
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const isOfOne = !before || (before.isOfOne && before.pipeline === pipeline);
  return { pipeline, isOfOne, count: (before?.count ?? 0) + 1, reasons };
}
