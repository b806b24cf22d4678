import { tableOf } from '../document/chart-table.js';
import type { Cell, Metric, ReportDocument, Section, Table } from '../document/document.js';

/** A report as flat tables, in its own order, for the formats that know nothing but rows and columns. */
export function tabulate({ sections }: ReportDocument): Grid[] {
  return sections.flatMap((section) => [
    ...notes(section),
    ...metrics(section),
    ...section.blocks.flatMap((block) => {
      if (block.kind === 'table') return [gridOf(block.table, section)];
      return block.kind === 'chart' ? [gridOf(tableOf(block.chart), section)] : [];
    }),
  ]);
}

export interface Grid {
  /** Stable, but not unique: two sections may each have a table of the same name. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly (readonly GridCell[])[];
  /** What is not in the rows, and where it is. */
  readonly remark?: string;
}

export interface GridColumn {
  readonly title: string;
  /** `link`: a path of the API, which nothing but a reader can follow. */
  readonly type: 'text' | 'number' | 'time' | 'digest' | 'link';
}

export type GridCell = string | number | null | Amount;

/** A number with the unit to show it in. */
export interface Amount {
  readonly value: number;
  readonly unit: Metric['unit'];
}

const text = (title: string): GridColumn => ({ title, type: 'text' });
const number = (title: string): GridColumn => ({ title, type: 'number' });
const link = (title: string): GridColumn => ({ title, type: 'link' });

function notes({ id, title, blocks }: Section): Grid[] {
  const rows = blocks.flatMap((block): GridCell[][] => {
    if (block.kind === 'text') return [['note', null, block.text, null, null]];
    if (block.kind === 'not-recorded') return [['not recorded', block.what, block.needs, null, null]];
    if (block.kind !== 'tiles') return [];
    return block.tiles.map((tile) => ['figure', tile.title, tile.display, tile.previous ?? null, tile.trend ?? null]);
  });
  const columns = [text('Kind'), text('Name'), text('Text'), text('Period before'), text('Trend')];
  return rows.length === 0 ? [] : [{ id, title, columns, rows }];
}

function metrics({ id, title, blocks }: Section): Grid[] {
  const all = blocks.flatMap((block) => (block.kind === 'metrics' ? block.metrics : []));
  if (all.length === 0) return [];
  const leftOut = all.flatMap(({ id, title, leftOut }) =>
    leftOut.map(({ count, reason, link }) => [id, title, count, reason, link]),
  );
  const grid = { id: `${id}-figures`, title: `${title}: figures`, columns: METRIC_COLUMNS, rows: all.map(metricRow) };
  if (leftOut.length === 0) return [grid];
  const columns = [text('Id'), text('Metric'), number('Left out'), text('Reason'), link('Events left out')];
  return [grid, { id: `${id}-left-out`, title: `${title}: left out, and why`, columns, rows: leftOut }];
}

const METRIC_COLUMNS = [
  ...[text('Id'), text('Metric'), text('Shown as'), number('Value'), text('Unit')],
  ...[number('Numerator'), number('Denominator'), text('Period before'), number('Value before')],
  ...[text('Status'), number('Counted'), link('Events counted'), text('Definition')],
];

function metricRow(metric: Metric): GridCell[] {
  const { id, title, display, value, unit, numerator, denominator, previous, status, counted, definition } = metric;
  const amount = (value: number | null | undefined) => (value === null || value === undefined ? null : { value, unit });
  return [
    ...[id, title, display, amount(value), unit],
    ...[numerator ?? null, denominator ?? null, previous?.display ?? null, amount(previous?.value)],
    // What nobody recorded is not zero.
    ...(status === 'not-recorded' ? [status, null, null] : [status, counted.count, counted.link]),
    definition,
  ];
}

function gridOf({ id, caption, columns, rows, more }: Table, section: Section): Grid {
  // A link gets a column of its own beside its text, where any cell of the column has one.
  const linked = columns.map((_, index) => rows.some((row) => linkOf(row[index]) !== null));
  return {
    id,
    title: caption === section.title ? caption : `${section.title}: ${caption}`,
    columns: columns.flatMap((column, index) => (linked[index] ? [column, link(`${column.title}, link`)] : [column])),
    rows: rows.map((row) =>
      columns.flatMap((_, index) => (linked[index] ? [textOf(row[index]), linkOf(row[index])] : [textOf(row[index])])),
    ),
    ...(more && { remark: `${more.count} more rows are not shown: ${more.link}` }),
  };
}

function textOf(cell: Cell | undefined): string | number | null {
  return typeof cell === 'object' ? (cell?.text ?? null) : (cell ?? null);
}

function linkOf(cell: Cell | undefined): string | null {
  return typeof cell === 'object' ? (cell?.link ?? null) : null;
}
