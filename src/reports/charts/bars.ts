import type { Chart } from '../document/document.js';
import { formatNumber } from '../document/format.js';
import { bandOf, isLying, lyingCategories, standingCategories, valueAxis } from './axes.js';
import { baseSeries, gridOf, headingOf, type Size } from './frame.js';
import { isDrawable, valueLabelWidth } from './labels.js';
import { FONT_FAMILY, FONT_PX, INK, PAPER } from './palette.js';

const VALUE_LABELS_PX = 24;

/** Bars beside each other, or on top of each other where the chart says stacked; lying down where the names are long. */
export function barsOption(chart: Chart, size: Size): object {
  return isLying(chart, size.width) ? lying(chart, size) : standing(chart, size);
}

function standing(chart: Chart, size: Size): object {
  const { heightPx, legend, unit } = headingOf(chart, size);
  const numbered = chart.series.length === 1 && valueLabelWidth(chart) <= bandOf(chart, size.width);
  const { axis, roomPx, startPx, endPx } = standingCategories(chart, size);
  return {
    legend,
    graphic: { elements: [unit] },
    grid: gridOf({
      left: Math.max(valueLabelWidth(chart), startPx),
      right: 4 + endPx,
      top: heightPx + 14,
      bottom: roomPx,
    }),
    xAxis: axis,
    yAxis: valueAxis(chart),
    series: seriesOf(chart, numbered ? numberLabel('top') : { show: false }),
  };
}

function lying(chart: Chart, size: Size): object {
  const { heightPx, legend, unit } = headingOf(chart, size);
  const numbered = chart.series.length === 1;
  const bottom = numbered ? 4 : VALUE_LABELS_PX;
  const top = heightPx + 4;
  const { axis, roomPx } = lyingCategories(chart, { ...size, height: size.height - top - bottom });
  const right = numbered ? valueLabelWidth(chart) + 4 : 12;
  return {
    legend,
    graphic: { elements: [unit] },
    grid: gridOf({ left: roomPx, right, top, bottom }),
    // A number at the end of each bar says more than an axis.
    xAxis: { ...valueAxis(chart), show: !numbered },
    yAxis: axis,
    series: seriesOf(chart, numbered ? numberLabel('right') : { show: false }),
  };
}

function seriesOf(chart: Chart, label: object): object[] {
  return chart.series.map((series, index) => ({
    ...baseSeries(index, chart.series.length),
    type: 'bar',
    barMaxWidth: 28,
    ...(chart.kind === 'stacked-bars' ? { stack: 'all' } : {}),
    data: series.values.map((value) => (isDrawable(value) ? value : '-')),
    label,
  }));
}

function numberLabel(position: 'right' | 'top'): object {
  return {
    show: true,
    position,
    color: INK,
    fontSize: FONT_PX,
    fontFamily: FONT_FAMILY,
    textBorderColor: PAPER,
    textBorderWidth: 0,
    formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? formatNumber(value) : ''),
  };
}
