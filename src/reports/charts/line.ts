import type { Chart } from '../document/document.js';
import { standingCategories, valueAxis } from './axes.js';
import { baseSeries, gridOf, headingOf, type Size } from './frame.js';
import { isDrawable, valueLabelWidth } from './labels.js';
import { colourOf, dashOf, symbolOf } from './palette.js';

const MANY_POINTS = 40;

/** Lines with their points; where there is no value there is a gap, and not a zero. */
export function lineOption(chart: Chart, size: Size): object {
  const { heightPx, legend, unit } = headingOf(chart, size);
  const { axis, roomPx, startPx, endPx } = standingCategories(chart, size);
  return {
    legend,
    graphic: { elements: [unit] },
    grid: gridOf({
      left: Math.max(valueLabelWidth(chart), startPx),
      right: 10 + endPx,
      top: heightPx + 10,
      bottom: roomPx,
    }),
    xAxis: axis,
    yAxis: valueAxis(chart),
    series: chart.series.map((series, index) => ({
      ...baseSeries(index, 1),
      type: 'line',
      connectNulls: false,
      symbol: symbolOf(index),
      symbolSize: chart.categories.length > MANY_POINTS ? 3 : 6,
      showAllSymbol: true,
      lineStyle: { color: colourOf(index), width: 2, type: dashOf(index) },
      data: series.values.map((value) => (isDrawable(value) ? value : '-')),
    })),
  };
}
