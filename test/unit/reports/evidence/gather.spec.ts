import { describe, expect, it } from '@jest/globals';
import { gatherEvidence, LEAVES_MAX, TooMuchEvidenceError } from '../../../../src/reports/evidence/gather.js';
import { countEvidence } from '../../../../src/reports/evidence/jobs.js';
import type { JobContext } from '../../../../src/reports/workshop/job.js';
import { eventAt } from './log.js';

/** Every event's id is its position. */
const SOURCES = {
  events: { findById: (id: string) => Promise.resolve(id === 'none' ? undefined : eventAt(Number(id))) },
} as unknown as JobContext;
const scope = (eventIds: readonly string[], isRange = false) => ({
  ...{ selection: { eventIds }, isRange, position: 1_000_000 },
});

describe('what evidence is gathered', () => {
  it('is in order and without repetition, and says what is not there', async () => {
    const gathered = await gatherEvidence({ ...scope(['7', '3', '7', 'none', '9']), position: 8 }, SOURCES);
    expect(gathered).toEqual({ asked: [3, 7], leaves: 2, unknown: ['none', '9'] });
  });

  it('is at most so many leaves, those of a range included', async () => {
    const most = scope(['5', String(5 + LEAVES_MAX - 1)], true);
    expect(await gatherEvidence(most, SOURCES)).toMatchObject({ leaves: LEAVES_MAX });
    const more = scope(['5', String(5 + LEAVES_MAX)], true);
    await expect(gatherEvidence(more, SOURCES)).rejects.toThrow(TooMuchEvidenceError);
    expect(await countEvidence(more, SOURCES)).toEqual({ leaves: LEAVES_MAX + 1, unknown: [] });
    expect(await gatherEvidence({ ...more, isRange: false }, SOURCES)).toMatchObject({ leaves: 2 });
  });
});
