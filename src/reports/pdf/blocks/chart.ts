import { renderChart, sizeOf } from '../../charts/render-chart.js';
import type { Chart } from '../../document/document.js';
import { visible } from '../../document/visible.js';
import type { Paper, StructureElement } from '../layout/paper.js';
import { BODY } from '../layout/styles.js';
import { drawSvg } from '../layout/svg.js';
import { drawLaidTable } from '../layout/table.js';
import type { LaidTable } from '../layout/table-layout.js';
import { tableBelow, tableBeside } from './chart-table.js';
import { CAPTION_HEIGHT, printCaption } from './table.js';

/** A chart's texts are drawn 11 pixels high: as small as the tables beside them. */
const POINTS_A_PIXEL = 0.68;
const GAP = 14;
const AFTER = 20;

/** The chart, and its numbers with it for those who cannot see it or want to know exactly. */
export function printChart(paper: Paper, parent: StructureElement, chart: Chart): void {
  const laid = layChart(paper, chart);
  const { picture, table } = laid;
  paper.room(needed(paper, laid));
  printCaption(paper, parent, chart.title);
  const top = paper.y;
  const figure = paper.child(parent, 'Figure', {
    alt: `${visible(chart.title)}: its numbers are in the table after it.`,
  });
  figure.add(() =>
    drawSvg(paper.doc, {
      svg: renderChart(picture.chart, picture.size),
      x: paper.left,
      y: top,
      width: picture.width,
      height: picture.height,
    }),
  );
  figure.end();
  if (table.left === 0) paper.y += picture.height + GAP;
  drawLaidTable(paper, parent, table);
  paper.y = Math.max(paper.y, table.left === 0 ? 0 : top + picture.height);
  paper.space(AFTER);
}

/** What the chart needs on one page. */
export function chartHeight(paper: Paper, chart: Chart): number {
  return needed(paper, layChart(paper, chart));
}

/** The table goes on to the next page where both do not fit. */
function needed(paper: Paper, { picture, table }: LaidChart): number {
  if (table.left > 0) return CAPTION_HEIGHT + Math.max(picture.height, table.height);
  const together = CAPTION_HEIGHT + picture.height + GAP + table.height;
  return together <= paper.capacity / 2 ? together : CAPTION_HEIGHT + picture.height;
}

interface Picture {
  readonly chart: Chart;
  readonly size: { readonly width: number; readonly height: number };
  /** In points. */
  readonly width: number;
  readonly height: number;
}

interface LaidChart {
  readonly picture: Picture;
  readonly table: LaidTable;
}

function layChart(paper: Paper, chart: Chart): LaidChart {
  const printable = withGlyphs(paper, chart);
  const beside = tableBeside(paper, chart);
  if (!beside) return { picture: picture(paper, printable, paper.width), table: tableBelow(paper, chart) };
  const table = { ...beside, left: paper.width - beside.width };
  return { picture: picture(paper, printable, table.left - GAP), table };
}

function picture(paper: Paper, chart: Chart, widthPt: number): Picture {
  const size = sizeOf(chart, Math.floor(widthPt / POINTS_A_PIXEL));
  const scale = Math.min(POINTS_A_PIXEL, (paper.capacity - 2 * CAPTION_HEIGHT) / size.height);
  return { chart, size, width: size.width * scale, height: size.height * scale };
}

function withGlyphs(paper: Paper, chart: Chart): Chart {
  const shown = (text: string) => paper.type.printable(visible(text), BODY);
  return {
    ...chart,
    ...{ title: shown(chart.title), unit: shown(chart.unit), category: shown(chart.category) },
    categories: chart.kind === 'calendar' ? chart.categories : chart.categories.map(shown),
    series: chart.series.map(({ name, values }) => ({ name: shown(name), values })),
  };
}
