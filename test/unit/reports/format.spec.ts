import { describe, expect, it } from '@jest/globals';
import { tableOf } from '../../../src/reports/document/chart-table.js';
import { cellText, formatNumber, formatTime, shortDigest } from '../../../src/reports/document/format.js';

const DIGEST = `sha256:${'0c5a6ff4a8f0'.padEnd(64, '1')}`;

describe('the formats that all renderers share', () => {
  it('writes numbers alike everywhere', () => {
    expect([1_234_567.891, 0.5, -0, -0.001, 12].map(formatNumber)).toEqual(['1,234,567.89', '0.5', '0', '0', '12']);
  });

  it('writes times in UTC, and leaves alone what is none', () => {
    expect(formatTime('2026-03-02T10:14:59.000+01:00')).toBe('2026-03-02 09:14 UTC');
    expect(formatTime('2026-13-02T10:14:59Z')).toBe('2026-13-02T10:14:59Z');
    expect(formatTime('soon\u202E')).toBe('soon⟨U+202E⟩');
  });

  it('shortens digests only', () => {
    expect(shortDigest(DIGEST)).toBe('sha256:0c5a6ff4a8f0…');
    expect(shortDigest('sha256:<b>')).toBe('sha256:<b>');
  });

  it('formats a cell by its column, with or without a link', () => {
    expect(cellText(null, 'number')).toBe('');
    expect(cellText(1_000, 'number')).toBe('1,000');
    expect(cellText({ text: DIGEST, link: '/v1/artifacts' }, 'digest')).toBe('sha256:0c5a6ff4a8f0…');
    expect(cellText('a\nb', 'text')).toBe('a ⏎ b');
  });
});

describe('the table of a chart', () => {
  it('has a row a category and a column a series', () => {
    const table = tableOf({
      id: 'by-outcome',
      title: 'Changes by outcome',
      kind: 'stacked-bars',
      category: 'Week',
      unit: 'changes',
      categories: ['W09', 'W10'],
      series: [
        { name: 'successful', values: [4, null] },
        { name: 'failed', values: [1] },
      ],
    });
    expect(table.caption).toBe('Changes by outcome (changes)');
    expect(table.columns.map(({ title }) => title)).toEqual(['Week', 'successful', 'failed']);
    expect(table.rows).toEqual([
      ['W09', 4, 1],
      ['W10', null, null],
    ]);
  });
});
