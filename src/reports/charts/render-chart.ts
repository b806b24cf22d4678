import { BarChart, LineChart } from 'echarts/charts';
import { GraphicComponent, GridComponent, LegendComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart } from '../document/document.js';
import { visible } from '../document/visible.js';
import { isLying, standingCategories } from './axes.js';
import { barsOption } from './bars.js';
import { calendarHeight, calendarOption, daysOf } from './calendar.js';
import { headingOf, textAt, type Size } from './frame.js';
import { isDrawable } from './labels.js';
import { lineOption } from './line.js';
import { ownSvg } from './own-svg.js';

use([BarChart, LineChart, GraphicComponent, GridComponent, LegendComponent, SVGRenderer]);

const PLOT_PX = 160;
const EMPTY_PX = 22;
const LYING_ROW_PX = { one: 24, bar: 12, max: 60 };

/**
 * The chart as one `<svg>`, the same bytes in every process, time zone and locale. It is an image with a title; whoever
 * shows it puts the table beside it.
 */
export function renderChart(chart: Chart, size: Size = sizeOf(chart)): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    drawing.setOption({ animation: false, ...optionOf(chart, size) });
    return ownSvg(drawing.renderToSVGString({ useViewBox: true }), { id: chart.id, title: visible(chart.title) });
  } finally {
    drawing.dispose();
  }
}

/** As high as what it shows needs, at a width. */
export function sizeOf(chart: Chart, width = 400): Size {
  if (isEmpty(chart)) return { width, height: EMPTY_PX };
  if (chart.kind === 'calendar') return { width, height: calendarHeight(chart, width) };
  const { heightPx } = headingOf(chart, { width });
  if (!isLying(chart, width)) {
    return { width, height: heightPx + PLOT_PX + Math.ceil(standingCategories(chart, { width }).roomPx) };
  }
  const bars = chart.kind === 'bars' ? chart.series.length : 1;
  const rowPx = Math.min(LYING_ROW_PX.max, Math.max(LYING_ROW_PX.one, LYING_ROW_PX.bar * bars));
  return { width, height: heightPx + 40 + chart.categories.length * rowPx };
}

function optionOf(chart: Chart, size: Size): object {
  if (isEmpty(chart)) return { graphic: { elements: [textAt({ x: 0, y: 2 }, 'Nothing to show.')] } };
  switch (chart.kind) {
    case 'bars':
    case 'stacked-bars':
      return barsOption(chart, size);
    case 'line':
      return lineOption(chart, size);
    case 'calendar':
      return calendarOption(chart, size);
  }
}

function isEmpty(chart: Chart): boolean {
  if (chart.kind === 'calendar') return daysOf(chart).length === 0;
  return !chart.series.some(({ values }) => values.some(isDrawable));
}
