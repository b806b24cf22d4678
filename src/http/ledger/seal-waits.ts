import { Inject, Injectable } from '@nestjs/common';
import type { Receipt } from '../../commands/envelope.js';
import type { SealedLedger } from '../../ledger/sealed-ledger.js';
import { SEALED_LEDGER } from '../injection.js';
import { askedWaitMs } from '../input/request.js';
import { SEAL_WAIT_MAX_MS, SEAL_WAITS_MAX } from '../limits.js';
import type { Exchange } from '../reads/reads.js';

/** That what was written is under a seal, and where the proof of it is. */
export interface SealedIn {
  /** Of a seal that covers it. */
  readonly size: number;
  readonly proof: string;
}

/** Lets a write that says `Prefer: wait=…` wait for its seal. All that wait share the next one. */
@Injectable()
export class SealWaits {
  private waiting = 0;

  constructor(@Inject(SEALED_LEDGER) private readonly ledger: SealedLedger) {}

  /** The seal, if it comes in time; undefined at once for who does not ask, as most do not. */
  covering(exchange: Exchange, { eventId, position }: Receipt): Promise<SealedIn | undefined> | undefined {
    return this.sizeOver(exchange, position)?.then((size) =>
      size === undefined ? undefined : sealedIn(size, eventId),
    );
  }

  /** As {@link covering}, of many events that end with the position: the size alone. */
  sizeOver({ request, reply }: Exchange, position: number): Promise<number | undefined> | undefined {
    const wait = askedWaitMs(request, SEAL_WAIT_MAX_MS);
    if (!wait || this.waiting >= SEAL_WAITS_MAX) return undefined;
    reply.header('preference-applied', wait.applied);
    return this.wait(position, wait.waitMs);
  }

  private async wait(position: number, waitMs: number): Promise<number | undefined> {
    this.waiting++;
    try {
      const isSealed = await this.ledger.waitFor(position, waitMs);
      return isSealed ? this.ledger.newest()?.size : undefined;
    } finally {
      this.waiting--;
    }
  }
}

export const sealedIn = (size: number, eventId: string): SealedIn => ({ size, proof: `/v1/events/${eventId}/receipt` });
