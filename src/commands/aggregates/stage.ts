import { durationMs } from '../../domain/duration.js';
import type { StageStanding } from '../../domain/environment/context.js';
import type { DefinedEnvironment } from '../../domain/environment/state.js';
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
   * How a digest stands in the environment that `state` promotes from. What withdraws is read at the head, from that
   * environment's state; recent switches too; only what is older, or a soak by the ledger's own clock, needs the view.
   */
  async stageStanding(state: DefinedEnvironment, digest: string, scope: Scope): Promise<StageStanding | undefined> {
    const { promotesFrom } = state;
    if (promotesFrom === undefined) return undefined;
    const source = await scope.read(environmentFolding, environmentStream(promotesFrom));
    if (source.status === 'undefined') return { status: 'never' };
    if (source.withdrawn.has(digest)) return { status: 'withdrawn' };

    const since = source.recent.get(digest);
    if (since !== undefined && isSoaked(since, state, scope)) {
      return { status: 'known-good', sinceRecordedAt: scope.now, sinceOccurredAt: since };
    }
    const find = () => this.views.standing(promotesFrom, digest);
    if (source.withdrawalsForgottenTo >= 0) await this.catchUp();
    const standing = (await find()) ?? (await this.afterCatchUp(find));
    if (standing) return { status: 'known-good', ...standing };
    // Switched to in the batch that is being decided: only an import can see that before it is durable.
    return since === undefined
      ? { status: 'never' }
      : { status: 'known-good', sinceRecordedAt: scope.now, sinceOccurredAt: since };
  }

  async wasLive(environment: string, service: string, digest: string): ReturnType<KnownGoodHistory['wasLive']> {
    const find = () => this.views.wasLive(environment, service, digest);
    return (await find()) ?? (await this.afterCatchUp(find));
  }

  private async afterCatchUp<T>(find: () => Promise<T>): Promise<T> {
    await this.catchUp();
    return find();
  }

  private async catchUp(): Promise<void> {
    if (await this.views.waitFor(await this.reader.head(), HISTORY_TIMEOUT_MS)) return;
    throw new CommandError('views-behind', 'The views are catching up, and this decision needs them.');
  }
}

/** Whether the recent switch alone is old enough, so that the view need not be asked for an earlier one. */
function isSoaked(since: string, { policy }: DefinedEnvironment, { envelope, occurredAt }: Scope): boolean {
  const soakMs = durationMs(policy.soak);
  return soakMs === 0 || (envelope.channel === 'import' && Date.parse(occurredAt) - Date.parse(since) >= soakMs);
}
