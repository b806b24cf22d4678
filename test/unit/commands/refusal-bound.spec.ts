import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RefusalBound } from '../../../src/commands/refusal-bound.js';
import { REFUSAL_REASONS } from '../../../src/domain/refusal.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second));
const ann = { actor: 'ann' };

describe('refusals of a caller within a minute of the clock', () => {
  it('become events up to the bound, and are counted by reason from there to its end', () => {
    const bound = new RefusalBound(2);
    expect(bound.take(ann, 'stage-skipped', at(10))).toEqual({ isRecorded: true });
    expect(bound.take(ann, 'stage-skipped', at(20))).toEqual({ isRecorded: true });
    expect(bound.take(ann, 'stage-skipped', at(30))).toEqual({ isRecorded: false, untilMs: at(60).getTime() });
    bound.take(ann, 'artifact-unknown', at(59));
    bound.take(ann, 'artifact-unknown', at(59));
    expect(bound.endedBy(at(59))).toEqual([]);
    expect(bound.endedBy(at(60))).toEqual([
      {
        ...{ subject: 'ann', from: at(0).toISOString(), until: at(60).toISOString(), count: 3 },
        reasons: { 'artifact-unknown': 2, 'stage-skipped': 1 },
      },
    ]);
    expect(bound.endedBy(at(61))).toEqual([]);
    expect(bound.take(ann, 'stage-skipped', at(61))).toEqual({ isRecorded: true });
  });

  it('are each caller’s own, and told with the pipeline only where all came for one', () => {
    const bound = new RefusalBound(1);
    const refuse = (actor: string, pipeline?: string) => bound.take({ actor, pipeline }, 'stage-skipped', at(1));
    for (const pipeline of ['shop', 'shop', 'shop']) refuse('ann', pipeline);
    for (const pipeline of ['shop', 'shop', 'bank']) refuse('ben', pipeline);
    for (const pipeline of [undefined, undefined]) refuse('cat', pipeline);
    expect(refuse('dan')).toEqual({ isRecorded: true });
    expect(bound.end(at(2))).toMatchObject([
      { subject: 'ann', pipeline: 'shop', count: 2, until: at(2).toISOString() },
      { subject: 'ben', count: 2 },
      { subject: 'cat', count: 1 },
    ]);
    refuse('ben', 'shop');
    refuse('ben', 'bank');
    expect(bound.end(at(3))[0]).toMatchObject({ pipeline: 'bank' });
  });

  it('are not let through again by a clock that is set back', () => {
    const bound = new RefusalBound(1);
    bound.take(ann, 'stage-skipped', at(60));
    expect(bound.take(ann, 'stage-skipped', at(1))).toEqual({ isRecorded: false, untilMs: at(120).getTime() });
  });

  it('keep so many callers in mind and no more, and lose no count of those that are put out', () => {
    const bound = new RefusalBound(1, 2);
    for (const actor of ['ann', 'ann', 'ben', 'cat', 'ann']) bound.take({ actor }, 'stage-skipped', at(7));
    expect(bound.end(at(8))).toMatchObject([{ subject: 'ann', count: 1, until: at(7).toISOString() }]);
  });

  it('are each written or counted, whatever comes when', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: -5_000, max: 40_000 }),
      actor: fc.constantFrom('ann', 'ben', 'cat'),
      reason: fc.constantFrom(...REFUSAL_REASONS),
      isAsked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 5 }), (steps, perMinute) => {
        const bound = new RefusalBound(perMinute);
        const recorded = new Map<string, number>();
        const ended = [];
        let nowMs = at(0).getTime();
        let latestMs = Number.NEGATIVE_INFINITY;
        for (const { afterMs, actor, reason, isAsked } of steps) {
          nowMs += afterMs;
          latestMs = Math.max(latestMs, nowMs);
          const verdict = bound.take({ actor }, reason, new Date(nowMs));
          const minute = `${actor} ${Math.floor(latestMs / 60_000)}`;
          if (verdict.isRecorded) recorded.set(minute, (recorded.get(minute) ?? 0) + 1);
          else expect(verdict.untilMs).toBeGreaterThan(nowMs);
          if (isAsked) ended.push(...bound.endedBy(new Date(nowMs)));
        }
        ended.push(...bound.end(new Date(nowMs)));
        const written = [...recorded.values()].reduce((sum, count) => sum + count, 0);
        expect(written + ended.reduce((sum, { count }) => sum + count, 0)).toBe(steps.length);
        for (const count of recorded.values()) expect(count).toBeLessThanOrEqual(perMinute);
        const minutes = ended.map(({ subject, from }) => `${subject} ${from}`);
        expect(new Set(minutes).size).toBe(minutes.length);
        for (const { count, reasons } of ended) {
          expect(Object.values(reasons).reduce((sum, of) => sum + of, 0)).toBe(count);
        }
      }),
      { numRuns: 500 },
    );
  });
});
