import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { eventIdFor } from '../../commands/event-id.js';
import { callerOf } from '../access/authenticate.js';
import { idempotencyKeyOf } from '../input/request.js';

/**
 * Lets requests of one caller under one `Idempotency-Key` work one after the other. Where a request is filled in with
 * what the ledger knows now, two at once would be filled in differently, and the second be told that its key was used
 * for another command.
 */
@Injectable()
export class KeyTurns {
  private readonly last = new Map<string, Promise<void>>();

  async take(request: FastifyRequest, work: () => Promise<void>): Promise<void> {
    const key = idempotencyKeyOf(request);
    if (key === undefined) return work();
    const id = eventIdFor(callerOf(request).subject, key);
    const turn = (this.last.get(id) ?? Promise.resolve()).then(work);
    // Whoever comes next waits for the end, and not for its success.
    const ended = turn.catch(() => undefined);
    this.last.set(id, ended);
    try {
      await turn;
    } finally {
      if (this.last.get(id) === ended) this.last.delete(id);
    }
  }
}
