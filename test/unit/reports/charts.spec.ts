import { describe, expect, it } from '@jest/globals';
import { renderChart, sizeOf } from '../../../src/reports/charts/render-chart.js';
import type { Chart } from '../../../src/reports/document/document.js';
import { HOSTILE } from './hostile-document.js';
import { readMarkup } from './markup.js';
import { ALL_CHARTS, byOutcome, refusals, switchesByDay } from './sample/charts.js';

const KINDS: readonly Chart['kind'][] = ['bars', 'stacked-bars', 'line', 'calendar'];

describe('a chart', () => {
  it.each(ALL_CHARTS.map((chart) => [chart.id, chart] as const))(
    '%s is an image with a title, and ids of its own',
    (id, chart) => {
      const { tags, text } = readMarkup(renderChart(chart));
      const [svg] = tags;
      expect(svg?.attributes.get('role')).toBe('img');
      expect(svg?.attributes.get('viewBox')).toMatch(/^0 0 \d+ \d+$/);
      expect(text).toContain(chart.title);
      const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? []);
      expect(ids.every((own) => own.startsWith(`chart-${id}-`))).toBe(true);
      expect(new Set(ids).size).toBe(ids.length);
      expect(tags.filter(({ name, attributes }) => name === 'style' || attributes.has('class'))).toEqual([]);
    },
  );

  it('has the same bytes again, also after others', () => {
    const first = ALL_CHARTS.map((chart) => renderChart(chart));
    expect(ALL_CHARTS.map((chart) => renderChart(chart))).toEqual(first);
  });

  it('says each number where there is room for it', () => {
    const { text } = readMarkup(renderChart(refusals));
    for (const word of ['stage-skipped', 'frozen', '9', '1']) expect(text.split('\n')).toContain(word);
  });

  it('leaves a gap and draws no number where there is no value', () => {
    const [gap, zero] = [null, 0].map((value) =>
      renderChart({ ...refusals, series: [{ name: '', values: [1, value, 3] }] }),
    );
    expect(readMarkup(gap ?? '').text.split('\n')).not.toContain('0');
    expect(readMarkup(zero ?? '').text.split('\n')).toContain('0');
  });

  it('places the days of a calendar by UTC weeks that begin on Monday', () => {
    const { tags } = readMarkup(renderChart({ ...switchesByDay, categories: ['2026-03-01', '2026-03-02'] }));
    const places = tags
      .filter(({ name }) => name === 'path')
      .map(({ attributes }) => attributes.get('d')?.match(/\d+/g) ?? []);
    const [sunday, monday] = places;
    expect(Number(sunday?.[0])).toBeLessThan(Number(monday?.[0]));
    expect(Number(sunday?.[1])).toBeGreaterThan(Number(monday?.[1]));
  });

  it.each(KINDS)('draws %s of anything', (kind) => {
    const cases: Partial<Chart>[] = [
      { categories: [], series: [] },
      { categories: HOSTILE, series: HOSTILE.map((name) => ({ name, values: [1, null, -3, 1e9, 0.001] })) },
      { categories: ['0000-01-01', '9999-12-31', '2026-02-30'], series: [{ name: '', values: [1, 2, 3] }] },
      { categories: ['2026-01-01'], series: [{ name: '', values: [Number.NaN, Number.POSITIVE_INFINITY] }] },
      { categories: Array.from({ length: 500 }, (_, index) => `service ${index}`), title: HOSTILE.join(' ') },
    ];
    for (const change of cases) {
      const chart = { ...byOutcome, ...change, kind };
      const svg = renderChart(chart);
      expect(() => readMarkup(svg)).not.toThrow();
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(sizeOf(chart).height).toBeLessThan(2_000);
    }
  });
});
