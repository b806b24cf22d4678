import { describe, expect, it } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SealWaits } from '../../../src/http/ledger/seal-waits.js';
import { SEAL_WAITS_MAX } from '../../../src/http/limits.js';
import type { Exchange } from '../../../src/http/reads/reads.js';
import { FakeSealedLedger } from '../../support/fake-sealed-ledger.js';

const EVENT_ID = '0193a7c2-0000-7000-8000-000000000001';
const RECEIPT = {
  eventId: EVENT_ID,
  stream: 'reports',
  revision: 0,
  position: 0,
  recordedAt: '2026-01-06T10:00:01.000Z',
};

/** A request with this `Prefer`, and the headers that its answer was given. */
function exchange(prefer?: string | string[]): Exchange & { readonly given: Record<string, string> } {
  const given: Record<string, string> = {};
  const request = { headers: { ...(prefer !== undefined && { prefer }) } } as unknown as FastifyRequest;
  const reply = { header: (name: string, value: string) => (given[name] = value) } as unknown as FastifyReply;
  return { request, reply, given };
}

function unsealed(): FakeSealedLedger {
  const ledger = new FakeSealedLedger();
  ledger.leaves.push('{}');
  return ledger;
}

describe('a write that would wait for its seal', () => {
  it('is told of the seal and of the proof', async () => {
    const ledger = unsealed();
    const asked = exchange('wait=5');
    const covering = new SealWaits(ledger).covering(asked, RECEIPT);
    ledger.seal();
    expect(await covering).toEqual({ size: 1, proof: `/v1/events/${EVENT_ID}/receipt` });
    expect(asked.given).toEqual({ 'preference-applied': 'wait=5' });
  });

  it('is answered without it when the wait runs out, and the place is free again', async () => {
    const waits = new SealWaits(unsealed());
    const asked = exchange('wait=0');
    await Promise.all(
      Array.from({ length: SEAL_WAITS_MAX }, async () => expect(await waits.covering(asked, RECEIPT)).toBeUndefined()),
    );
    expect(asked.given).toEqual({ 'preference-applied': 'wait=0' });
    expect(waits.covering(asked, RECEIPT)).toBeInstanceOf(Promise);
  });

  it.each([
    ...[undefined, '', 'respond-async', 'wait', 'wait=', 'wait=-1', 'wait=soon', 'nowait=5', 'x="wait=5"'],
    ...['wait=1e9', 'wait=1.5', 'wait=1s', 'wait=0x5', 'wait="5', 'wait=5"', 'wait=5 6'],
  ])('does nothing at all where it is not asked to: %p', (prefer) => {
    const ledger = unsealed();
    const asked = exchange(prefer);
    expect(new SealWaits(ledger).covering(asked, RECEIPT)).toBeUndefined();
    expect([ledger.waits, asked.given]).toEqual([0, {}]);
  });

  it.each([
    ['respond-async, wait=7', 'wait=7'],
    ['WAIT = "7"', 'wait=7'],
    [['return=minimal', 'wait=7'], 'wait=7'],
    ['wait=31', 'wait=30'],
    ['wait=99999999999999999999', 'wait=30'],
    ['wait=5; now, respond-async', 'wait=5'],
  ])('is understood as RFC 7240 has it: %p', async (prefer, applied) => {
    const ledger = unsealed();
    ledger.seal();
    const asked = exchange(prefer);
    await new SealWaits(ledger).covering(asked, RECEIPT);
    expect(asked.given).toEqual({ 'preference-applied': applied });
  });

  it('does not wait beyond so many, and is answered at once', async () => {
    const ledger = unsealed();
    const waits = new SealWaits(ledger);
    const waiting = Array.from({ length: SEAL_WAITS_MAX }, () => waits.covering(exchange('wait=20'), RECEIPT));
    const late = exchange('wait=20');
    expect(waits.covering(late, RECEIPT)).toBeUndefined();
    expect(late.given).toEqual({});
    ledger.seal();
    const answers = await Promise.all(waiting.map(async (one) => one));
    expect(new Set(answers.map((sealed) => sealed?.size))).toEqual(new Set([1]));
  });
});
