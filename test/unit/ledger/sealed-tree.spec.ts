import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { CompactRange } from '../../../src/ledger/merkle/compact-range.js';
import { hashLeaf } from '../../../src/ledger/merkle/hash.js';
import { verifyInclusion } from '../../../src/ledger/merkle/verify.js';
import { openCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseVerifierKey } from '../../../src/ledger/note/keys.js';
import { parseTlogProof } from '../../../src/ledger/note/tlog-proof.js';
import { leafHashAt, receiptOf, rootAt, sealedLeaf } from '../../../src/ledger/sealed-tree.js';
import { FakeSealedLedger } from '../../support/fake-sealed-ledger.js';

const eventAt = (position: number): RecordedEvent => ({
  position,
  id: `0193a7c2-0000-7000-8000-${String(position).padStart(12, '0')}`,
  stream: 'environment-production',
  revision: position,
  type: 'ArtifactPromoted.v1',
  occurredAt: '2026-01-06T10:00:00.000Z',
  recordedAt: '2026-01-06T10:00:01.000Z',
  actor: 'shop-ci',
  data: '{"service":"shop-api"}',
  remarks: '{}',
  meta: '{"channel":"api"}',
  salts: Uint8Array.from({ length: 48 }, (_, index) => index),
});

function ledgerOf(sealed: number, beyond = 0): FakeSealedLedger {
  const ledger = new FakeSealedLedger();
  ledger.add(Array.from({ length: sealed }, (_, position) => eventAt(position)));
  ledger.seal();
  ledger.add(Array.from({ length: beyond }, (_, at) => eventAt(sealed + at)));
  return ledger;
}

describe('the tree that is sealed', () => {
  it('has the root of every size under its seal, and every leaf hash', () => {
    const ledger = ledgerOf(600, 10);
    const range = new CompactRange();
    ledger.leaves.slice(0, 600).forEach((leaf, position) => {
      range.add(hashLeaf(leaf));
      expect(leafHashAt(ledger, position)).toEqual(hashLeaf(leaf));
      if (position < 300 || position % 64 > 61) expect(rootAt(ledger, position + 1)).toEqual(range.root());
    });
  });

  it.each([0, -1, 601, 610, NaN])('has no root of %d entries', (size) => {
    expect(() => rootAt(ledgerOf(600, 10), size)).toThrow(RangeError);
  });

  it('has no leaf beyond its seal, and none without one', () => {
    expect(() => leafHashAt(ledgerOf(300, 10), 300)).toThrow(RangeError);
    expect(() => leafHashAt(new FakeSealedLedger(), 0)).toThrow(RangeError);
    expect(() => rootAt(new FakeSealedLedger(), 1)).toThrow(RangeError);
  });

  it('has receipts that hold without it', () => {
    const ledger = ledgerOf(300);
    for (const position of [0, 1, 255, 256, 299]) {
      const seal = ledger.newest();
      if (!seal) throw new Error('nothing is sealed');
      const { extra, index, hashes, checkpoint } = parseTlogProof(receiptOf(ledger, seal, eventAt(position)));
      const { size, root } = openCheckpoint(checkpoint, ledger.origin, [parseVerifierKey(ledger.verifierKey)]);
      verifyInclusion({ index, size, leafHash: hashLeaf(extra ?? ''), proof: hashes, root });
      expect([index, extra?.toString()]).toEqual([BigInt(position), ledger.leaves[position]]);
    }
  });

  it.each<[string, Partial<RecordedEvent>]>([
    ['data', { data: '{"service":"shop-apj"}' }],
    ['remarks', { remarks: '{"reason":"none"}' }],
    ['meta', { meta: '{"channel":"cli"}' }],
    ['actor', { actor: 'shop-cj' }],
    ['time', { recordedAt: '2026-01-06T10:00:02.000Z' }],
    ['salts', { salts: new Uint8Array(48) }],
    ['place', { position: 8 }],
  ])('proves no event whose %s is another', (_what, changed) => {
    const ledger = ledgerOf(20);
    expect(sealedLeaf(ledger, eventAt(7))).toBe(ledger.leaves[7]);
    const altered = expect.objectContaining({ name: 'LedgerError', code: 'altered' }) as unknown;
    expect(() => sealedLeaf(ledger, { ...eventAt(7), ...changed })).toThrow(altered);
  });
});
