import { hash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalize } from '../../../src/commands/canonical.js';
import { encode, fingerprintOf, isAnswerTo } from '../../../src/commands/encoding.js';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { remarksHash } from '../../../src/ledger/leaf.js';

const COMMAND = { kind: 'issue-token', subject: 'shop', remarks: { ticket: 'PAY-1201' }, $occurredAt: null };
const OTHERS = [
  { ...COMMAND, subject: 'other' },
  { ...COMMAND, $occurredAt: '2026-03-01T12:00:00.000Z' },
];
const salts = randomBytes(48);

function recorded(request: string): RecordedEvent {
  const event = { type: 'TokenIssued.v1', data: {}, remarks: COMMAND.remarks };
  const meta = { channel: 'api', correlationId: 'a', decidedAgainst: {}, request };
  const sealed = encode(event, { id: 'a', occurredAt: '', actor: 'admin', meta, salts });
  return { ...sealed, stream: 'access-shop', revision: 0, position: 0, recordedAt: '' };
}

const erased = (event: RecordedEvent): RecordedEvent => ({
  ...event,
  remarks: null,
  remarksHash: remarksHash(event),
  salts: Uint8Array.from(event.salts).fill(0, 16, 32),
});

describe('the fingerprint of a command', () => {
  const event = recorded(fingerprintOf(COMMAND, salts));

  it('tells the same command from another one, and from one with other remarks', () => {
    expect(isAnswerTo(COMMAND, event)).toBe(true);
    for (const other of [...OTHERS, { ...COMMAND, remarks: {} }]) expect(isAnswerTo(other, event)).toBe(false);
  });

  it('compares all but the remarks once those are erased', () => {
    expect(isAnswerTo(COMMAND, erased(event))).toBe(true);
    expect(isAnswerTo({ ...COMMAND, remarks: { reason: 'I do not remember' } }, erased(event))).toBe(true);
    for (const other of OTHERS) expect(isAnswerTo(other, erased(event))).toBe(false);
  });

  it('says nothing of the remarks to whoever has no salt of them', () => {
    const guesses = [COMMAND.remarks, canonicalize(COMMAND.remarks)];
    for (const remarks of [...guesses, hash('sha256', canonicalize(COMMAND.remarks), 'hex')]) {
      expect(hash('sha256', canonicalize({ ...COMMAND, remarks }), 'hex')).not.toBe(fingerprintOf(COMMAND, salts));
    }
    expect(fingerprintOf(COMMAND, erased(event).salts)).not.toBe(fingerprintOf(COMMAND, salts));
  });

  it('is known as well in the form without a salt, which ledgers have from before', () => {
    const old = recorded(hash('sha256', canonicalize(COMMAND), 'hex'));
    for (const one of [old, erased(old)]) {
      expect(isAnswerTo(COMMAND, one)).toBe(true);
      for (const other of [...OTHERS, { ...COMMAND, remarks: {} }]) expect(isAnswerTo(other, one)).toBe(false);
    }
  });
});
