import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { eventIdFor } from '../../commands/event-id.js';
import type { EventReader } from '../../event-store/port.js';
import { callerOf } from '../access/authenticate.js';
import { EVENT_STORE } from '../injection.js';
import { idempotencyKeyOf } from '../input/request.js';

/** What an earlier request under the same key has written: what is made anew must be made as it was then. */
@Injectable()
export class EarlierEvents {
  constructor(@Inject(EVENT_STORE) private readonly events: EventReader) {}

  /** The data of the caller's event, if its `Idempotency-Key` has written one of this type. */
  async of<Data>(request: FastifyRequest, type: string): Promise<Data | undefined> {
    const key = idempotencyKeyOf(request);
    if (key === undefined) return undefined;
    const event = await this.events.findById(eventIdFor(callerOf(request).subject, key));
    return event?.type === type ? (JSON.parse(event.data) as Data) : undefined;
  }
}
