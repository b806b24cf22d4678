import { renderChart, sizeOf } from '../charts/render-chart.js';
import { tableOf } from '../document/chart-table.js';
import type { Chart } from '../document/document.js';
import { TableBlock } from './table.js';
import { Name } from './words.js';

/** The drawing and its numbers, which a reader unfolds and paper always shows. */
export function ChartFigure({ chart }: { chart: Chart }) {
  const table = tableOf(chart);
  return (
    <figure class="chart">
      <figcaption>
        <Name text={chart.title} />
      </figcaption>
      <div class="drawing" dangerouslySetInnerHTML={{ __html: renderChart(chart, sizeOf(chart)) }} />
      <details>
        <summary>The numbers</summary>
        <TableBlock table={table} />
      </details>
    </figure>
  );
}
