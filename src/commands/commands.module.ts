import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { EventStore, SnapshotStore } from '../event-store/port.js';
import { Aggregates } from './aggregates.js';
import { COMMAND_HANDLERS } from './command-handlers.js';
import type { KnownGoodHistory } from './known-good-history.js';
import type { ProofChecker } from './proof-checker.js';
import { CommandProcessor } from './processor.js';

interface CommandsOptions {
  readonly store: EventStore & SnapshotStore;
  readonly history: KnownGoodHistory;
  readonly proofs: ProofChecker;
}

/** The write side: the command bus with one handler an aggregate, over one event store. */
@Module({})
export class CommandsModule {
  static forStore({ store, history, proofs }: CommandsOptions): DynamicModule {
    return {
      module: CommandsModule,
      imports: [CqrsModule.forRoot()],
      providers: [
        { provide: CommandProcessor, useValue: new CommandProcessor(store) },
        { provide: Aggregates, useValue: new Aggregates({ history, reader: store, proofs }) },
        ...COMMAND_HANDLERS,
      ],
      exports: [CqrsModule, CommandProcessor, Aggregates],
    };
  }
}
