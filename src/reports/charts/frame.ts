import type { Chart } from '../document/document.js';
import { shorten, widest } from './labels.js';
import { FONT_FAMILY, FONT_PX, INK, colourOf, decalOf } from './palette.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Letters are higher than their line. */
const TOP_PX = 3;
const LEGEND_ROW_PX = 20;
const LEGEND_NAME_PX = 240;
const LEGEND_ICON_PX = 12;
/** What ECharts leaves between an icon and its name. */
const LEGEND_ICON_GAP_PX = 5;
const LEGEND_GAP_PX = 6;
const LEGEND_LINE_PX = 14;
const LEGEND_TEXT = { color: INK, fontSize: FONT_PX, fontFamily: FONT_FAMILY };
const UNIT_ROW_PX = 20;

/** What stands above the plot: who is who, if there are several series, and what is counted. */
export interface Heading {
  readonly heightPx: number;
  readonly legend: object | undefined;
  readonly unit: object;
}

export function headingOf(chart: Chart, { width }: Pick<Size, 'width'>): Heading {
  const names = chart.series.map(({ name }) => shorten(name, LEGEND_NAME_PX));
  // Names stand in columns as wide as the widest: it is wider here than it will be drawn, so that none meets the next.
  const namePx = widest(names);
  const columns = Math.max(1, Math.floor(width / (LEGEND_ICON_PX + LEGEND_ICON_GAP_PX + namePx + LEGEND_GAP_PX)));
  const heightPx = names.length > 1 ? TOP_PX + Math.ceil(names.length / columns) * LEGEND_ROW_PX : 0;
  return {
    heightPx: heightPx + UNIT_ROW_PX,
    legend: heightPx === 0 ? undefined : legendOf(names, { columns, namePx }),
    unit: textAt({ x: 0, y: heightPx + 2 }, shorten(chart.unit, width - 20)),
  };
}

/** A text of the chart's own, which no axis or series places. */
export function textAt({ x, y }: { x: number; y: number }, text: string, style: object = {}): object {
  const font = { font: `${FONT_PX}px ${FONT_FAMILY}`, fill: INK };
  return { type: 'text', x, y, silent: true, style: { text, ...font, ...style } };
}

/** Series go by their index inside ECharts: names of people may be empty, alike, or a template. */
export const seriesKey = (index: number): string => `series ${index}`;

function legendOf(names: readonly string[], { columns, namePx }: { columns: number; namePx: number }): object {
  return {
    left: 0,
    top: TOP_PX,
    padding: 0,
    itemGap: LEGEND_ROW_PX - LEGEND_LINE_PX,
    itemWidth: LEGEND_ICON_PX,
    itemHeight: 10,
    selectedMode: false,
    textStyle: { ...LEGEND_TEXT, width: namePx, lineHeight: LEGEND_LINE_PX, height: LEGEND_LINE_PX },
    formatter: (key: string) => names[Number(key.slice('series '.length))] ?? '',
    // A line break is an entry of its own.
    data: names.flatMap((_, index) => [...(index > 0 && index % columns === 0 ? ['\n'] : []), seriesKey(index)]),
  };
}

/** What a series has whatever it is drawn as: nothing moves, nothing answers to a pointer. */
export function baseSeries(index: number, count: number): object {
  return {
    name: seriesKey(index),
    silent: true,
    emphasis: { disabled: true },
    itemStyle: { color: colourOf(index), ...(count > 1 ? { decal: decalOf(index) } : {}) },
  };
}

/** The plot between the given margins: the room for labels is ours to reckon, since fonts are wider than ECharts thinks. */
export function gridOf(margins: { left: number; right: number; top: number; bottom: number }): object {
  return { ...margins, outerBoundsMode: 'none' };
}
