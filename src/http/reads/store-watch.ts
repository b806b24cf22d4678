import { Inject, Injectable } from '@nestjs/common';
import type { EventReader } from '../../event-store/port.js';
import type { SealedLedger } from '../../ledger/sealed-ledger.js';
import { OthersTokens } from '../access/others-tokens.js';
import { EVENT_STORE, LOG, SEALED_LEDGER } from '../injection.js';
import { inTime } from './in-time.js';
import type { Log } from '../problems/to-problem.js';

/** How long the event store may take to say where it is. */
const HEAD_TIMEOUT_MS = 2_000;

const HALTED = 'The ledger is not sealed any more. The server’s log says why.';

/** Asks the event store how far it is, and tells the log, once for each reason, why it does not answer. */
@Injectable()
export class StoreWatch {
  private failure: string | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly events: EventReader,
    private readonly othersTokens: OthersTokens,
    @Inject(LOG) private readonly log: Log,
    @Inject(SEALED_LEDGER) private readonly sealed: SealedLedger,
  ) {}

  /** What is not taken over from the store any more, or not sealed, for callers; absent while everything is. */
  trouble(): string | undefined {
    const isHalted = this.sealed.status().state === 'halted';
    return this.othersTokens.trouble() ?? (isHalted ? HALTED : undefined);
  }

  /** How far the ledger is sealed. */
  seals(): { status: string; size: number } {
    return { status: this.sealed.status().state, size: this.sealed.newest()?.size ?? 0 };
  }

  /** The ledger's last position; undefined while the store does not answer. */
  async head(): Promise<number | undefined> {
    try {
      const head = await inTime(this.events.head(), HEAD_TIMEOUT_MS);
      if (head !== undefined) this.failure = undefined;
      return head;
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      if (failure !== this.failure) this.log(`The event store does not answer: ${failure}`);
      this.failure = failure;
      return undefined;
    }
  }
}
