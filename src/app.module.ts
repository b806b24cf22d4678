import { Module, type DynamicModule } from '@nestjs/common';
import type { AccessLog } from './access-log/access-log.js';
import { CommandsModule } from './commands/commands.module.js';
import type { KnownGoodHistory } from './commands/known-good-history.js';
import type { EventStore, SnapshotStore } from './event-store/port.js';
import type { OthersTokens } from './http/access/others-tokens.js';
import type { TokenDirectory } from './http/access/token-directory.js';
import type { ExportsSettings } from './http/exports/exports.js';
import { HttpModule, type Workshops } from './http/http.module.js';
import type { Log } from './http/problems/to-problem.js';
import type { Views } from './views/views.js';

/** What the application is made of, opened already. */
export interface AppParts {
  readonly store: EventStore & SnapshotStore;
  readonly views: Views;
  readonly tokens: TokenDirectory;
  readonly othersTokens: OthersTokens;
  readonly workshops: Workshops;
  readonly accessLog: AccessLog;
  readonly exports: ExportsSettings;
  readonly log: Log;
}

/** The wiring: which part is given to which. */
@Module({})
export class AppModule {
  static of({ store, views, ...others }: AppParts): DynamicModule {
    const commands = CommandsModule.forStore({ store, history: historyOf(views) });
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
