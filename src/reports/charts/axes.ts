import type { Chart } from '../document/document.js';
import { formatNumber } from '../document/format.js';
import type { Size } from './frame.js';
import { isDrawable, shorten, valueLabelWidth, widest } from './labels.js';
import { FONT_FAMILY, FONT_PX, INK, RULE } from './palette.js';

const LABEL_GAP_PX = 4;
/** The most that a plot leaves free at its end. */
const PLOT_MARGIN_PX = 10;
const LABEL_ROW_PX = 19;
const NAME_PX = 110;
const LYING_SHARE = 0.42;
/** So few names that each is worth reading, be it slanting. */
const SLANTED_MAX = 10;
const LYING_ROWS_MAX = 40;

/** Days, weeks, or steps of a scale: whoever sees every third of them knows the others. */
const STEP_OF_A_SCALE = /^\W*([QW]?\d)/;

/** Bars lie where the names of their categories would not fit side by side. */
export function isLying(chart: Chart, width: number): boolean {
  if (chart.kind === 'line' || chart.kind === 'calendar') return false;
  const { categories } = chart;
  if (categories.length > LYING_ROWS_MAX || categories.every((name) => STEP_OF_A_SCALE.test(name))) return false;
  return widest(shortNames(chart, LYING_SHARE * width)) + LABEL_GAP_PX > bandOf(chart, width);
}

export function valueAxis(chart: Chart): object {
  const all = chart.series.flatMap(({ values }) => values.filter(isDrawable));
  const isShare = chart.unit.startsWith('%') && all.every((value) => value >= 0 && value <= 100);
  return {
    type: 'value',
    ...(all.every(Number.isInteger) ? { minInterval: 1 } : {}),
    ...(isShare ? { max: 100, interval: 25 } : {}),
    splitNumber: 4,
    axisLine: { show: false },
    splitLine: { lineStyle: { color: RULE } },
    axisLabel: { ...TEXT, formatter: (value: number) => formatNumber(value) },
  };
}

/** An axis with the room that its names take: beside it, and beyond its start and its end. */
export interface Categories {
  readonly axis: object;
  readonly roomPx: number;
  readonly startPx: number;
  readonly endPx: number;
}

/** Every name under its bar, or slanting, or every so many of them: as they fit. */
export function standingCategories(chart: Chart, { width }: Pick<Size, 'width'>): Categories {
  const names = shortNames(chart, NAME_PX);
  const band = bandOf(chart, width);
  const namePx = widest(names);
  const isThinned = names.length > SLANTED_MAX && names.every((name) => STEP_OF_A_SCALE.test(name));
  if (isThinned || namePx + LABEL_GAP_PX <= band) {
    // The first and the last name stick out of their bands, which leaves less for all.
    const beyondPx = Math.max(0, (namePx - band) / 2);
    const every = Math.ceil((namePx + LABEL_GAP_PX) / (band - (2 * beyondPx) / names.length));
    return { axis: categoryAxis(names, { every }), roomPx: LABEL_ROW_PX + 6, startPx: beyondPx, endPx: beyondPx };
  }
  const slantedPx = namePx * Math.SQRT1_2;
  return {
    axis: categoryAxis(names, { every: Math.ceil((1.2 * LABEL_ROW_PX) / band), rotate: 45 }),
    roomPx: slantedPx + LABEL_ROW_PX - 4,
    startPx: slantedPx - band / 2 + 6,
    endPx: 0,
  };
}

export function lyingCategories(chart: Chart, { width, height }: Size): Categories {
  const names = shortNames(chart, LYING_SHARE * width);
  const every = Math.max(1, Math.ceil((LABEL_ROW_PX * names.length) / height));
  // The first category is read first: on top.
  return {
    axis: { ...categoryAxis(names, { every }), inverse: true },
    roomPx: widest(names) + LABEL_GAP_PX,
    startPx: 0,
    endPx: 0,
  };
}

const TEXT = { color: INK, fontSize: FONT_PX, fontFamily: FONT_FAMILY };

function categoryAxis(data: readonly string[], { every, rotate = 0 }: { every: number; rotate?: number }): object {
  return {
    type: 'category',
    data,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: INK } },
    axisLabel: { ...TEXT, interval: every - 1, rotate },
  };
}

const shortNames = ({ categories }: Chart, maxPx: number) => categories.map((name) => shorten(name, maxPx));

/** Room of one category along the axis. */
export const bandOf = (chart: Chart, width: number) =>
  (width - valueLabelWidth(chart) - PLOT_MARGIN_PX) / Math.max(1, chart.categories.length);
