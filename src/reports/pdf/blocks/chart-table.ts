import { tableOf } from '../../document/chart-table.js';
import type { Chart, Table } from '../../document/document.js';
import type { Paper } from '../layout/paper.js';
import { layTable, type LaidTable } from '../layout/table-layout.js';
import { printedTable } from './table.js';

const BESIDE_SIZE = 7.5;
/** Of the page's width, so that the chart keeps the better part. */
const BESIDE_WIDTH = 0.42;
/** A month of days is no wider than this leaves. */
const BESIDE_MONTH_WIDTH = 0.65;
const MONTH_DAYS = 31;
const BESIDE_HEIGHT = 200;
const BELOW_FROM_ROWS = 10;
const BELOW_COLUMNS = 9;

/** The chart's numbers as a table at its right, if that is small enough when folded. */
export function tableBeside(paper: Paper, chart: Chart): LaidTable | undefined {
  const table = tableOf(chart);
  // A table that has no chance is not laid.
  if (table.columns.length > 6 || table.rows.length > 60) return undefined;
  const isMonth = chart.kind === 'calendar' && table.rows.length <= MONTH_DAYS;
  const widest = paper.width * (isMonth ? BESIDE_MONTH_WIDTH : BESIDE_WIDTH);
  return [1, 2, 3]
    .map((times) => layTable(paper, { ...printedTable(folded(table, times), BESIDE_SIZE), isCompact: true }))
    .find(({ width, height }) => width <= widest && height <= BESIDE_HEIGHT);
}

/** The chart's numbers as a table over the page's width, folded where it is long and narrow. */
export function tableBelow(paper: Paper, chart: Chart): LaidTable {
  const table = tableOf(chart);
  const times = table.rows.length < BELOW_FROM_ROWS ? 1 : Math.floor(BELOW_COLUMNS / table.columns.length);
  return layTable(paper, { ...printedTable(folded(table, Math.max(1, times))), isCompact: true });
}

/** The rows in as many columns side by side, to be read down the first and then down the next. */
function folded(table: Table, times: number): Table {
  if (times === 1) return table;
  const { columns, rows } = table;
  const height = Math.ceil(rows.length / times);
  const empty = columns.map(() => null);
  const parts = Array.from({ length: times }, (_, part) => part * height);
  return {
    ...table,
    columns: parts.flatMap(() => columns),
    rows: rows.slice(0, height).map((_, index) => parts.flatMap((from) => rows[from + index] ?? empty)),
  };
}
