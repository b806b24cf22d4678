import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../src/domain/erasure/decide.js';

const FACTS = { eventId: '0193a7c2-0000-7000-8000-000000000001', position: 7, remarksHash: 'ab'.repeat(32) };
const erasing = (type: string, remarks: string | null) =>
  decide({ facts: FACTS, remarks: { reason: 'named a person' } }, { type, remarks });

describe('erasing the remarks of an event', () => {
  it('is an event that says whose, what their hash is, and why', () =>
    expect(erasing('ArtifactPromoted.v1', '{"ticket":"PAY-1"}')).toEqual({
      outcome: 'accepted',
      event: { type: 'RemarksErased.v1', data: FACTS, remarks: { reason: 'named a person' } },
    }));

  it.each([
    ['ArtifactPromoted.v1', null, 'erased-already'],
    ['ArtifactPromoted.v1', '{}', 'no-remarks'],
    ['RemarksErased.v1', '{"reason":"named a person"}', 'records-an-erasure'],
  ])('is nothing for %s with %s', (type, remarks, why) =>
    expect(erasing(type, remarks)).toEqual({ outcome: 'kept', why }),
  );
});
