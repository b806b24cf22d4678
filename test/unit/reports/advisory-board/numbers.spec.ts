import { describe, expect, it } from '@jest/globals';
import { formatDuration, formatRatio, median, percentile90 } from '../../../../src/reports/advisory-board/numbers.js';
import { bucketsOf, daysIn, daysTouched, periodBefore } from '../../../../src/reports/advisory-board/period.js';

describe('numbers', () => {
  it('of nothing are none', () => expect([median([]), percentile90([])]).toEqual([null, null]));

  it('are in the middle, and at nine tenths', () => {
    expect([
      median([3, 1, 2]),
      median([4, 1, 2, 3]),
      percentile90([1]),
      percentile90([5, 1, 4, 2, 3, 10, 9, 8, 7, 6]),
    ]).toEqual([2, 2.5, 1, 9]);
  });

  it.each([
    [0, '0 s'],
    [59.6, '1 min'],
    [3_600, '1 h'],
    [3_599, '59 min 59 s'],
    [3_660, '1 h 1 min'],
    [90_000, '1 d 1 h'],
    [86_399, '24 h'],
    [8_640_000_000, '100,000 d'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it('say no part to be none or all that is not', () => {
    expect([formatRatio(3, 41), formatRatio(1, 10_000), formatRatio(9_999, 10_000)]).toEqual([
      '3 of 41 (7.3 %)',
      '1 of 10,000 (< 0.1 %)',
      '9,999 of 10,000 (> 99.9 %)',
    ]);
  });
});

describe('a period', () => {
  const period = (from: string, to: string) => ({ from: `${from}:00.000Z`, to: `${to}:00.000Z` });

  it('follows one of the same length', () => {
    expect(periodBefore(period('2026-03-01T00:00', '2026-03-08T00:00'))).toEqual(
      period('2026-02-22T00:00', '2026-03-01T00:00'),
    );
  });

  it('touches the days of its first and of its last moment', () => {
    expect(daysTouched(period('2026-02-27T12:00', '2026-03-01T00:00'))).toEqual(['2026-02-27', '2026-02-28']);
    expect(daysIn(period('2026-02-27T12:00', '2026-03-01T00:00'))).toBe(1.5);
  });

  it('is cut into days, weeks from Monday, or months', () => {
    const { category, names } = bucketsOf(period('2026-01-01T00:00', '2026-02-01T00:00'));
    expect([category, names[0], names.at(-1), names.length]).toEqual(['Week', '2025-12-29', '2026-01-26', 5]);
    expect(bucketsOf(period('2026-01-01T00:00', '2026-01-08T00:00')).names).toHaveLength(7);
    expect(bucketsOf(period('2025-02-01T00:00', '2026-02-01T00:00')).names).toHaveLength(12);
  });
});
