import type { Alignment, Workbook, Worksheet } from 'exceljs';
import type { Grid, GridCell, GridColumn } from '../tabular/tabulate.js';
import { cellText, writeCell } from './cells.js';
import { heightOf, widthOf, wraps } from './measures.js';
import { HEAD_FILL, HEAD_FONT, HEAD_LINE, REMARK_FONT } from './styles.js';

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
  const widths = grid.columns.map((column, index) => widthOf(column, valuesOf(grid, index)));
  writeHead(sheet, grid, widths);
  grid.rows.forEach((row, index) => {
    const target = sheet.getRow(index + 2);
    row.forEach((value, column) => {
      const cell = target.getCell(column + 1);
      const { type } = grid.columns[column]!;
      writeCell(cell, value, type);
      cell.alignment = { ...sideOf(type), vertical: 'top', wrapText: wraps(type) };
    });
    // Not every program finds the height of wrapped text by itself.
    target.height = heightOf(
      row.map((value, column) => ({ value, type: grid.columns[column]!.type, width: widths[column]! })),
    );
  });
  const last = grid.rows.length + 1;
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: last, column: grid.columns.length } };
  if (grid.remark === undefined) return;
  const remark = sheet.getCell(last + 2, 1);
  remark.value = cellText(grid.remark);
  remark.font = REMARK_FONT;
}

function writeHead(sheet: Worksheet, { columns }: Grid, widths: readonly number[]): void {
  columns.forEach((column, index) => {
    const cell = sheet.getCell(1, index + 1);
    cell.value = cellText(column.type === 'time' ? `${column.title} (UTC)` : column.title);
    cell.font = HEAD_FONT;
    cell.fill = HEAD_FILL;
    cell.border = { bottom: HEAD_LINE };
    cell.alignment = { ...sideOf(column.type), vertical: 'middle', wrapText: true };
    sheet.getColumn(index + 1).width = widths[index]!;
  });
}

function valuesOf({ rows }: Grid, column: number): GridCell[] {
  return rows.map((row) => row[column] ?? null);
}

function sideOf(type: GridColumn['type']): Partial<Alignment> {
  return { horizontal: type === 'number' ? 'right' : 'left', indent: 1 };
}
