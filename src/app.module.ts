import { Module, type DynamicModule } from '@nestjs/common';
import { CommandsModule } from './commands/commands.module.js';
import type { KnownGoodHistory } from './commands/known-good-history.js';
import type { ProofChecker } from './commands/proof-checker.js';
import type { EventStore, SnapshotStore } from './event-store/port.js';
import { HttpModule, type HttpParts } from './http/http.module.js';
import type { Views } from './views/views.js';

/** What the application is made of, opened already. */
export interface AppParts extends Omit<HttpParts, 'commands' | 'store'> {
  readonly store: EventStore & SnapshotStore;
  readonly proofs: ProofChecker;
  /** Refusals of a caller that become events within a minute. */
  readonly refusalsPerMinute: number;
}

/** The wiring: which part is given to which. */
@Module({})
export class AppModule {
  static of({ store, views, proofs, refusalsPerMinute, ...others }: AppParts): DynamicModule {
    const commands = CommandsModule.forStore({
      ...{ store, history: historyOf(views), proofs, refusalsPerMinute, log: others.log },
      onRecorded: (position) => views.notify(position),
    });
    return { module: AppModule, imports: [commands, HttpModule.over({ commands, store, views, ...others })] };
  }
}

/** The views as the write side sees them. */
const historyOf = (views: Views): KnownGoodHistory => ({
  standing: (environment, digest) => views.knownGood.standing(environment, digest),
  wasLive: (environment, service, digest) => views.knownGood.wasLive(environment, service, digest),
  position: () => (views.isSettled ? views.position() : -1),
  waitFor: (position, timeoutMs) => views.waitFor(position, timeoutMs),
});
