import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { EventStore, SnapshotStore } from '../event-store/port.js';
import { Aggregates } from './aggregates.js';
import { COMMAND_HANDLERS } from './command-handlers.js';
import type { KnownGoodHistory } from './known-good-history.js';
import type { ProofChecker } from './proof-checker.js';
import { CommandProcessor } from './processor.js';
import { RefusalBound } from './refusal-bound.js';
import { RefusalCounts } from './refusal-counts.js';

interface CommandsOptions {
  readonly store: EventStore & SnapshotStore;
  readonly history: KnownGoodHistory;
  readonly proofs: ProofChecker;
  /** Refusals of a caller that become events within a minute. */
  readonly refusalsPerMinute: number;
  readonly log: (line: string) => void;
  /** Told where the ledger has grown to without a request. */
  readonly onRecorded: (position: number) => void;
}

/** The write side: the command bus with one handler an aggregate, over one event store. */
@Module({})
export class CommandsModule {
  static forStore(options: CommandsOptions): DynamicModule {
    const { store, history, proofs, refusalsPerMinute, log, onRecorded } = options;
    const bound = new RefusalBound(refusalsPerMinute);
    const processor = new CommandProcessor(store, { refusals: bound });
    return {
      module: CommandsModule,
      imports: [CqrsModule.forRoot()],
      providers: [
        { provide: CommandProcessor, useValue: processor },
        { provide: RefusalCounts, useValue: new RefusalCounts({ processor, bound, log, onRecorded }) },
        { provide: Aggregates, useValue: new Aggregates({ history, reader: store, proofs }) },
        ...COMMAND_HANDLERS,
      ],
      exports: [CqrsModule, CommandProcessor, Aggregates],
    };
  }
}
