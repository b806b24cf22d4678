import { Inject, Injectable } from '@nestjs/common';
import type { EventReader } from '../../event-store/port.js';
import type { Seal, SealedLedger } from '../../ledger/sealed-ledger.js';
import type { ReadQuery } from '../dto/queries.js';
import { EVENT_STORE, SEALED_LEDGER } from '../injection.js';
import { VIEWS_WAIT_MS } from '../limits.js';
import { problem } from '../problems/problem.js';

/** Finds the seal that a read is answered under. */
@Injectable()
export class Seals {
  constructor(
    @Inject(SEALED_LEDGER) private readonly ledger: SealedLedger,
    @Inject(EVENT_STORE) private readonly events: EventReader,
  ) {}

  /** Waits until a seal covers `minPosition`, where that is asked. @throws HttpProblem as {@link over} */
  async seen({ minPosition }: ReadQuery): Promise<void> {
    if (minPosition === undefined) return;
    await this.over(Number(minPosition), `minPosition ${minPosition}`, VIEWS_WAIT_MS);
  }

  /** The newest; once it covers `minPosition`, where that is asked. @throws HttpProblem before the first */
  async newest(query: ReadQuery): Promise<Seal> {
    await this.seen(query);
    const seal = this.ledger.newest();
    if (seal) return seal;
    throw problem('not-found', `No checkpoint can be shown yet.${this.trouble()} See /health/ready.`);
  }

  /**
   * The newest, which covers the position.
   *
   * @param name the field that says so, and what it says
   * @throws HttpProblem `invalid-moment` for what the ledger does not have, `not-ready` for what is not sealed in time
   */
  async over(position: number, name: string, timeoutMs: number): Promise<Seal> {
    if (!this.covers(position)) {
      const head = await this.events.head();
      if (position > head) {
        throw problem('invalid-moment', `${name} is beyond the ledger’s last position, ${head}.`);
      }
      await this.ledger.waitFor(position, timeoutMs);
    }
    const seal = this.ledger.newest();
    if (seal && seal.size > position) return seal;
    throw problem('not-ready', `No seal covers position ${position} yet.${this.trouble()}`);
  }

  private covers(position: number): boolean {
    return (this.ledger.newest()?.size ?? 0) > position;
  }

  /** Why there is none, where it is known: a sealer that has stopped does not go on by itself. */
  private trouble(): string {
    const { state, detail } = this.ledger.status();
    if (state === 'sealing' || state === 'following') return '';
    return ` Sealing is ${state}${detail === undefined ? '' : `: ${detail.replace(/\.$/, '')}`}.`;
  }
}
