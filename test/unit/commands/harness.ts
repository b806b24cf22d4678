import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore } from '../../../src/adapters.js';
import { Aggregates } from '../../../src/commands/aggregates.js';
import type { Envelope } from '../../../src/commands/envelope.js';
import type { KnownGoodHistory } from '../../../src/commands/known-good-history.js';
import type { ProofChecker } from '../../../src/commands/proof-checker.js';
import { CommandProcessor, importItem } from '../../../src/commands/processor.js';
import { RefusalBound } from '../../../src/commands/refusal-bound.js';
import type { ArtifactCommand } from '../../../src/domain/artifact/commands.js';
import type { EnvironmentCommand, Promote } from '../../../src/domain/environment/commands.js';
import { LOOSEST_POLICY, type Policy } from '../../../src/domain/environment/policy.js';
import type { PipelineCommand } from '../../../src/domain/pipeline/commands.js';
import type { Append, EventStore, SnapshotStore } from '../../../src/event-store/port.js';

/** A view that has seen nothing: what it does not know is then looked for at the head, and not found there either. */
const NO_HISTORY: KnownGoodHistory = {
  standing: () => Promise.resolve(undefined),
  wasLive: () => Promise.resolve(undefined),
  position: () => Number.MAX_SAFE_INTEGER,
  waitFor: () => Promise.resolve(true),
};

const NO_PROOFS: ProofChecker = { check: () => Promise.reject(new Error('no proof is checked here')) };

/** So few that a test can reach the bound, and more than others need. */
export const REFUSALS_PER_MINUTE = 20;

export const digestOf = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;

export const ENVELOPE: Envelope = { actor: 'shop-ci', pipeline: 'shop', channel: 'api' };

/** The real embedded store with a door through which appends can be made to fail. */
export class Harness {
  failNext: Error | undefined;
  failSnapshots = false;
  /** The processor's clock stands here, where it is set. */
  now: Date | undefined;
  readonly refusals = new RefusalBound(REFUSALS_PER_MINUTE);
  beforeAppend: ((appends: readonly Append[]) => Promise<void>) | undefined;
  readonly processor: CommandProcessor;
  readonly aggregates: Aggregates;

  private constructor(
    readonly store: EventStore & SnapshotStore,
    private readonly folder: string,
    history: KnownGoodHistory,
  ) {
    const guarded = new Proxy(store, {
      get: (target, name) => {
        if (name === 'appendAll') return (appends: readonly Append[]) => this.append(appends);
        if (name === 'saveSnapshot' && this.failSnapshots) return () => Promise.reject(new Error('no room'));
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    this.processor = new CommandProcessor(guarded, { refusals: this.refusals, clock: () => this.now ?? new Date() });
    this.aggregates = new Aggregates({ history, reader: guarded, proofs: NO_PROOFS });
  }

  static async open(history: KnownGoodHistory = NO_HISTORY): Promise<Harness> {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-commands-'));
    return new Harness(await openEventStore(`sqlite:${join(folder, 'ledger.db')}`), folder, history);
  }

  async close(): Promise<void> {
    await this.store.close();
    await rm(this.folder, { recursive: true });
  }

  pipeline = (command: PipelineCommand, envelope: Envelope = { actor: 'admin', channel: 'api' }) =>
    this.processor.execute(this.aggregates.pipeline, command, envelope);
  artifact = (command: ArtifactCommand, envelope: Envelope = ENVELOPE) =>
    this.processor.execute(this.aggregates.artifact, command, envelope);
  environment = (command: EnvironmentCommand, envelope: Envelope = ENVELOPE) =>
    this.processor.execute(this.aggregates.environment, command, envelope);

  importItem = (command: ArtifactCommand | EnvironmentCommand, envelope: Envelope) =>
    'environment' in command
      ? importItem(this.aggregates.environment, command, envelope)
      : importItem(this.aggregates.artifact, command, envelope);

  /** A registered pipeline and two environments, staging before production. */
  async prepare(policy: Partial<Policy> = {}): Promise<void> {
    const registration = { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] };
    await this.pipeline({ kind: 'register-pipeline', id: 'shop', registration, remarks: {} });
    await this.environment(define('staging'), { actor: 'admin', channel: 'api' });
    await this.environment(
      { ...define('production'), promotesFrom: 'staging', policy: { ...LOOSEST_POLICY, ...policy } },
      { actor: 'admin', channel: 'api' },
    );
  }

  private async append(appends: readonly Append[]) {
    await this.beforeAppend?.(appends);
    const error = this.failNext;
    this.failNext = undefined;
    if (error) throw error;
    return this.store.appendAll(appends);
  }
}

const define = (environment: string) => ({
  kind: 'define-environment' as const,
  environment,
  tier: 'staging' as const,
  policy: LOOSEST_POLICY,
  remarks: {},
});

export const bake = (n: number, component = 'shop-api', base?: string): ArtifactCommand => ({
  kind: 'bake',
  digest: digestOf(n),
  bake: {
    digest: digestOf(n),
    component,
    version: `1.0.${n}`,
    kind: 'container-image',
    layer: 'application',
    source: { repository: 'https://example.org/shop', commit: 'c0ffee' },
    run: { id: String(n) },
    ...(base !== undefined && { base }),
  },
  remarks: {},
});

export const promote = (n: number, environment = 'staging', more: Partial<Promote> = {}): Promote => ({
  kind: 'promote',
  environment,
  digest: digestOf(n),
  strategy: 'all-at-once',
  changeType: 'normal',
  remarks: { reason: 'release' },
  ...more,
});
