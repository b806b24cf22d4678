import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { LedgerKeyRotated } from '../../domain/signing/events.js';
import { SealError, type SealErrorCode } from '../../ledger/seal-errors.js';
import type { KeyRotation, LogKey, SealedLedger } from '../../ledger/sealed-ledger.js';
import { SEALED_LEDGER } from '../injection.js';
import { problem } from '../problems/problem.js';
import type { ProblemCode } from '../problems/tables.js';
import { EarlierEvents } from '../reads/earlier-events.js';

type RotationFacts = LedgerKeyRotated['data'];

/** Why a key is not to be replaced here. Anything else is over some time. */
const PROBLEMS: { readonly [code in SealErrorCode]?: ProblemCode } = {
  'key-differs': 'key-from-setting',
  'key-elsewhere': 'key-elsewhere',
};

/** The log's keys, and a new one when an administrator asks for it. */
@Injectable()
export class LedgerKeys {
  constructor(
    @Inject(SEALED_LEDGER) private readonly ledger: SealedLedger & KeyRotation,
    private readonly earlier: EarlierEvents,
  ) {}

  /** @throws HttpProblem `not-found` where no log was ever begun */
  list(): { origin: string; keys: readonly LogKey[] } {
    if (this.ledger.origin === '') {
      throw problem('not-found', 'This ledger has no log and no keys: sealing is off (CAIRN_SEAL).');
    }
    return { origin: this.ledger.origin, keys: this.ledger.keys() };
  }

  /** Rotates the key; a request that is repeated under its `Idempotency-Key` finds what the first one did. */
  async rotate(request: FastifyRequest): Promise<RotationFacts> {
    const before = await this.earlier.of<RotationFacts>(request, 'LedgerKeyRotated.v1');
    if (before) return before;
    const { number, verifierKey, fromSize } = await this.rotated();
    return { number, verifierKey, fromSize };
  }

  private async rotated(): Promise<LogKey> {
    try {
      return await this.ledger.rotateKey();
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      throw problem(
        PROBLEMS[error.code] ?? 'unavailable',
        `The key stays: ${error.message.replace(/\.$/, '')}.`,
        {},
        { cause: error },
      );
    }
  }

  /** The key with the statement that leads to it. */
  named(facts: RotationFacts): LogKey {
    return this.ledger.keys().find(({ number }) => number === facts.number) ?? facts;
  }
}
