import type { Workbook, Worksheet } from 'exceljs';
import type { Grid, GridCell, GridColumn } from '../tabular/tabulate.js';
import { cellText, writeCell } from './cells.js';
import { HEAD_FILL, HEAD_FONT, HEAD_LINE, REMARK_FONT } from './styles.js';

const MIN_WIDTH = 9;
const MAX_WIDTH = 60;
/** Room for the arrow of the filter. */
const FILTER_WIDTH = 4;
const TIME_WIDTH = 20;

/** A sheet with the grid alone, its head in the first row: what a filter, a pivot table or a script expects. */
export function addGridSheet(workbook: Workbook, name: string, grid: Grid): void {
  const sheet = workbook.addWorksheet(name, {
    views: [{ state: 'frozen', ySplit: 1 }],
    pageSetup: {
      ...{ paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
      printTitlesRow: '1:1',
    },
    headerFooter: { oddFooter: '&L&A&R&P / &N' },
  });
  writeHead(sheet, grid);
  grid.rows.forEach((row, index) => {
    const target = sheet.getRow(index + 2);
    row.forEach((value, column) => {
      const cell = target.getCell(column + 1);
      const { type } = grid.columns[column]!;
      writeCell(cell, value, type);
      cell.alignment = { vertical: 'top', wrapText: typeof value === 'string' };
    });
  });
  const last = grid.rows.length + 1;
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: last, column: grid.columns.length } };
  if (grid.remark === undefined) return;
  const remark = sheet.getCell(last + 2, 1);
  remark.value = cellText(grid.remark);
  remark.font = REMARK_FONT;
}

function writeHead(sheet: Worksheet, { columns, rows }: Grid): void {
  columns.forEach((column, index) => {
    const cell = sheet.getCell(1, index + 1);
    cell.value = cellText(column.type === 'time' ? `${column.title} (UTC)` : column.title);
    cell.font = HEAD_FONT;
    cell.fill = HEAD_FILL;
    cell.border = { bottom: HEAD_LINE };
    cell.alignment = { vertical: 'middle', wrapText: true };
    sheet.getColumn(index + 1).width = widthOf(
      column,
      rows.map((row) => row[index] ?? null),
    );
  });
}

function widthOf({ title, type }: GridColumn, cells: readonly GridCell[]): number {
  const widest = cells.reduce<number>((width, cell) => Math.max(width, lengthOf(cell)), title.length + FILTER_WIDTH);
  return Math.min(MAX_WIDTH, Math.max(type === 'time' ? TIME_WIDTH : MIN_WIDTH, widest + 2));
}

function lengthOf(cell: GridCell): number {
  if (cell === null || typeof cell === 'object') return 0;
  return typeof cell === 'number' ? String(cell).length : cell.length;
}
