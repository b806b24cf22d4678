import { durationMs } from '../../domain/duration.js';
import type { StageStanding } from '../../domain/environment/context.js';
import { RECENT_KEPT, type DefinedEnvironment } from '../../domain/environment/state.js';
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
    const source = await scope.read(environmentFolding, environmentStream(promotesFrom));
    if (source.status === 'undefined') return { status: 'never' };
    if (source.withdrawn.has(digest)) return { status: 'withdrawn' };
    const since = source.recent.get(digest);
    if (since !== undefined && isSoaked(since, state, scope)) return recentStanding(since, scope);

    if (await this.isFarBehind()) await this.catchUp();
    const standing = await this.views.standing(promotesFrom, digest);
    if (standing) return { status: 'known-good', ...standing };
    if (since === undefined) return { status: 'never' };
    // Switched to just now, so the view must catch up to say when the ledger took it; in an import, maybe not even that
    // is durable yet.
    const later = await this.afterCatchUp(() => this.views.standing(promotesFrom, digest));
    return later ? { status: 'known-good', ...later } : recentStanding(since, scope);
  }

  async wasLive(environment: string, service: string, digest: string): ReturnType<KnownGoodHistory['wasLive']> {
    const find = () => this.views.wasLive(environment, service, digest);
    return (await find()) ?? (await this.afterCatchUp(find));
  }

  private async afterCatchUp<T>(find: () => Promise<T>): Promise<T> {
    await this.catchUp();
    return find();
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

/** As a switch of just now stands: the ledger takes it about now. */
const recentStanding = (since: string, { now }: Scope): StageStanding => ({
  status: 'known-good',
  sinceRecordedAt: now,
  sinceOccurredAt: since,
});

/** Whether the recent switch alone is old enough, so that the view need not be asked for an earlier one. */
function isSoaked(since: string, { policy }: DefinedEnvironment, { envelope, occurredAt }: Scope): boolean {
  const soakMs = durationMs(policy.soak);
  return soakMs === 0 || (envelope.channel === 'import' && Date.parse(occurredAt) - Date.parse(since) >= soakMs);
}
