import { durationMs } from '../../domain/duration.js';
import type { StageStanding } from '../../domain/environment/context.js';
import { RECENT_KEPT, type DefinedEnvironment, type RecentStanding } from '../../domain/environment/state.js';
import { environmentStream } from '../../domain/streams.js';
import type { EventReader } from '../../event-store/port.js';
import type { Scope } from '../aggregate.js';
import { CommandError } from '../errors.js';
import type { KnownGoodHistory } from '../known-good-history.js';
import { environmentFolding } from './foldings.js';

/** How long a decision waits for a lagging view before it says that it cannot decide now. */
const HISTORY_TIMEOUT_MS = 5_000;

/** Looks into the past of environments for decisions. */
export class History {
  constructor(
    private readonly views: KnownGoodHistory,
    private readonly reader: EventReader,
  ) {}

  /**
   * How a digest stands in the environment that `state` promotes from, at the head. The state of that environment knows
   * the last switches and roll-backs; a view knows all but the last. Together they know everything, unless the view
   * lags by more than the state keeps.
   */
  async stageStanding(state: DefinedEnvironment, digest: string, scope: Scope): Promise<StageStanding | undefined> {
    const { promotesFrom } = state;
    if (promotesFrom === undefined) return undefined;
    const { isWithdrawn, recent } = await latestNews(promotesFrom, digest, scope);
    if (isWithdrawn) return { status: 'withdrawn' };
    if (recent && isSoaked(recent, state, scope)) return standingOf(recent, scope);

    if (recent || (await this.isFarBehind())) await this.catchUp();
    const standing = await this.views.standing(promotesFrom, digest);
    if (!recent) return standing ? { status: 'known-good', ...standing } : { status: 'never' };
    // In an import the last rows are in no view yet, and what the view knows may have been withdrawn by one of them.
    const isOutdated = recent.isAnew && standing?.sinceOccurredAt !== recent.sinceOccurredAt;
    return standing && !isOutdated ? { status: 'known-good', ...standing } : standingOf(recent, scope);
  }

  async wasLive(environment: string, service: string, digest: string): ReturnType<KnownGoodHistory['wasLive']> {
    const known = await this.views.wasLive(environment, service, digest);
    if (known) return known;
    await this.catchUp();
    return this.views.wasLive(environment, service, digest);
  }

  /** Asked before the view, so that what the view answers is at least as new. */
  private async isFarBehind(): Promise<boolean> {
    const position = this.views.position();
    return (await this.reader.head()) - position > RECENT_KEPT;
  }

  private async catchUp(): Promise<void> {
    if (await this.views.waitFor(await this.reader.head(), HISTORY_TIMEOUT_MS)) return;
    throw new CommandError('views-behind', 'The views are catching up, and this decision needs them.');
  }
}

/** What an environment's state says of one digest. */
interface LatestNews {
  readonly isWithdrawn: boolean;
  readonly recent: RecentStanding | undefined;
}

/** How often a switch of the very digest that is under way is waited for. */
const MAX_WAITS = 5;

/**
 * What the state says of the digest, taken out of it at once: the state goes on changing while others decide. An append
 * that is under way can still fail, so news of one is waited for.
 */
async function latestNews(environment: string, digest: string, scope: Scope): Promise<LatestNews> {
  const stream = environmentStream(environment);
  for (let waits = 0; waits < MAX_WAITS; waits++) {
    const state = await scope.read(environmentFolding, stream);
    if (state.status === 'undefined') return { isWithdrawn: false, recent: undefined };
    const withdrawnAt = state.withdrawn.get(digest);
    const recent = state.recent.get(digest);
    const revision = withdrawnAt ?? recent?.revision;
    if (revision === undefined || !(await scope.settle(stream, revision))) {
      return { isWithdrawn: withdrawnAt !== undefined, recent };
    }
  }
  throw new CommandError('contention', `Others keep changing ${digest} in ${environment}. Send it again.`);
}

/** As a switch of just now stands: the ledger takes it about now. */
const standingOf = ({ sinceOccurredAt }: RecentStanding, { now }: Scope): StageStanding => ({
  status: 'known-good',
  sinceRecordedAt: now,
  sinceOccurredAt,
});

/** Whether the recent switch alone is old enough, so that the view need not be asked for an earlier one. */
function isSoaked(recent: RecentStanding, { policy }: DefinedEnvironment, { envelope, occurredAt }: Scope): boolean {
  const soakMs = durationMs(policy.soak);
  if (soakMs === 0) return true;
  return envelope.channel === 'import' && Date.parse(occurredAt) - Date.parse(recent.sinceOccurredAt) >= soakMs;
}
