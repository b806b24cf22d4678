import { Inject, Injectable } from '@nestjs/common';
import type { EventReader, RecordedEvent } from '../../event-store/port.js';
import { LedgerError } from '../../ledger/errors.js';
import type { SealedLedger } from '../../ledger/sealed-ledger.js';
import { leafHashAt, receiptOf, rootAt, sealedLeaf } from '../../ledger/sealed-tree.js';
import type { ConsistencyQuery, InclusionQuery } from '../dto/ledger.js';
import type { ReadQuery } from '../dto/queries.js';
import { EVENT_STORE, LOG, SEALED_LEDGER } from '../injection.js';
import { invalidRequest } from '../input/read-dto.js';
import { problem } from '../problems/problem.js';
import type { Log } from '../problems/to-problem.js';
import { Seals } from './seals.js';

/** A proof as JSON, and whether the request named all that it depends on, so that it never changes. */
export interface ProofAnswer {
  readonly body: object;
  readonly isPinned: boolean;
}

/** Proofs about events and trees that are sealed. None is given of an event that is not the one that was sealed. */
@Injectable()
export class Proofs {
  constructor(
    @Inject(SEALED_LEDGER) private readonly ledger: SealedLedger,
    @Inject(EVENT_STORE) private readonly events: EventReader,
    @Inject(LOG) private readonly log: Log,
    private readonly seals: Seals,
  ) {}

  async inclusion(query: InclusionQuery): Promise<ProofAnswer> {
    await this.seals.seen(query);
    const position = await this.positionOf(query);
    const named = query.size === undefined ? undefined : Number(query.size);
    if (named !== undefined && position >= named) {
      throw invalidRequest([{ field: 'size', detail: `must be more than the position, ${position}` }]);
    }
    const [field, last] = named === undefined ? [`position ${position}`, position] : [`size ${named}`, named - 1];
    const seal = await this.seals.over(last, field, 0);
    const event = (await this.events.readAll(position, 1))[0];
    if (!event) throw problem('not-found', `There is no event at position ${position}.`);
    this.unaltered(event, () => sealedLeaf(this.ledger, event));
    const size = named ?? seal.size;
    const body = {
      position,
      leafHash: base64(leafHashAt(this.ledger, position)),
      size,
      root: base64(rootAt(this.ledger, size)),
      hashes: this.ledger.inclusionProof(position, size).map(base64),
    };
    return named === undefined
      ? { body: { ...body, checkpoint: seal.note }, isPinned: false }
      : { body, isPinned: true };
  }

  async consistency(query: ConsistencyQuery): Promise<ProofAnswer> {
    await this.seals.seen(query);
    const from = Number(query.from);
    if (from < 1) throw invalidRequest([{ field: 'from', detail: 'must be 1 or more: every tree begins as none' }]);
    if (query.to !== undefined && Number(query.to) < from) {
      throw invalidRequest([{ field: 'to', detail: `must be ${from} or more, the size that it is to begin with` }]);
    }
    const [field, needed] = query.to === undefined ? [`from ${from}`, from] : [`to ${query.to}`, Number(query.to)];
    const seal = await this.seals.over(needed - 1, field, 0);
    const to = query.to === undefined ? seal.size : needed;
    const body = {
      from,
      to,
      fromRoot: base64(rootAt(this.ledger, from)),
      toRoot: base64(rootAt(this.ledger, to)),
      hashes: this.ledger.consistencyProof(from, to).map(base64),
    };
    return { body, isPinned: query.to !== undefined };
  }

  /** The tlog-proof of an event, under the newest seal. */
  async receipt(
    id: string,
    query: ReadQuery,
    waitMs: number,
  ): Promise<{ readonly text: string; readonly position: number }> {
    await this.seals.seen(query);
    const event = await this.events.findById(id);
    if (!event) throw problem('not-found', `There is no event ${id}.`);
    const { position } = event;
    const seal = await this.seals.over(position, `position ${position}`, waitMs);
    return { text: this.unaltered(event, () => receiptOf(this.ledger, seal, event)), position };
  }

  private async positionOf({ position, eventId }: InclusionQuery): Promise<number> {
    if ((position === undefined) === (eventId === undefined)) {
      throw invalidRequest([{ field: 'position', detail: 'or eventId is needed, and not both' }]);
    }
    if (eventId === undefined) return Number(position);
    const event = await this.events.findById(eventId);
    if (!event) throw problem('not-found', `There is no event ${eventId}.`);
    return event.position;
  }

  /** @throws HttpProblem `altered`, and tells the log, when the event is not the one that was sealed */
  private unaltered<Made>({ id, position }: RecordedEvent, make: () => Made): Made {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'altered') throw error;
      this.log(`The ledger was altered: event ${id} at position ${position} is not the one that was sealed`);
      throw problem(
        'altered',
        `Event ${id} at position ${position} is not the one that was sealed there. No proof is given of it.`,
        {},
        { cause: error },
      );
    }
  }
}

const base64 = (bytes: Buffer): string => bytes.toString('base64');
