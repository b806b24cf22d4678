import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { LedgerKeyRotated } from '../../domain/signing/events.js';
import type { KeyRotation, LogKey, SealedLedger } from '../../ledger/sealed-ledger.js';
import { KEY_ROTATION, SEALED_LEDGER } from '../injection.js';
import { EarlierEvents } from '../reads/earlier-events.js';

type RotationFacts = LedgerKeyRotated['data'];

/** The log's keys, and a new one when an administrator asks for it. */
@Injectable()
export class LedgerKeys {
  constructor(
    @Inject(SEALED_LEDGER) private readonly ledger: SealedLedger,
    @Inject(KEY_ROTATION) private readonly rotation: KeyRotation,
    private readonly earlier: EarlierEvents,
  ) {}

  list(): { origin: string; keys: readonly LogKey[] } {
    return { origin: this.ledger.origin, keys: this.ledger.keys() };
  }

  /** Rotates the key; a request that is repeated under its `Idempotency-Key` finds what the first one did. */
  async rotate(request: FastifyRequest): Promise<RotationFacts> {
    const before = await this.earlier.of<RotationFacts>(request, 'LedgerKeyRotated.v1');
    if (before) return before;
    const { number, verifierKey, fromSize } = await this.rotation.rotateKey();
    return { number, verifierKey, fromSize };
  }

  /** The key with the statement that leads to it. */
  named(facts: RotationFacts): LogKey {
    return this.ledger.keys().find(({ number }) => number === facts.number) ?? facts;
  }
}
