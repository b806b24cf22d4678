import type { Chart } from '../document/document.js';
import { formatNumber } from '../document/format.js';
import { visible } from '../document/visible.js';
import { FONT_PX } from './palette.js';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** No font is at hand to measure with, so each character is taken for a wide one of its sort. */
const widthOfOne = (grapheme: string): number => {
  if (/^[ ijlt.,:;|!'()[\]\-]$/.test(grapheme)) return 0.4 * FONT_PX;
  if (/^[mwMW@%]$/.test(grapheme)) return FONT_PX;
  return (/^[\u0000-\u024f]/.test(grapheme) ? 0.65 : 1.25) * FONT_PX;
};

export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfOne(segment);
  return width;
}

/** The text, or its beginning and `…`: never a part of a character. */
export function shorten(text: string, maxPx: number): string {
  const shown = visible(text, 200);
  if (widthOf(shown) <= maxPx) return shown;
  let width = widthOfOne('…');
  let kept = '';
  for (const { segment } of graphemes.segment(shown)) {
    width += widthOfOne(segment);
    if (width > maxPx) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

export const widest = (texts: readonly string[]): number =>
  texts.reduce((max, text) => Math.max(max, widthOf(text)), 0);

/** Room that the labels of the value axis take: it ends at a round number above the largest value. */
export function valueLabelWidth({ kind, categories, series }: Chart): number {
  const ends = categories.flatMap((_, index) => {
    const values = series.map(({ values }) => values[index]).filter(isDrawable);
    return kind === 'stacked-bars' ? [values.reduce((sum, value) => sum + value, 0)] : values;
  });
  return 8 + widest(ends.map((end) => formatNumber(Math.abs(end) < 10 ? 2 * end : Math.round(2 * end))));
}

export function isDrawable(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
