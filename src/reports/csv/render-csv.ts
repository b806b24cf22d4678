import { stringify } from 'csv-stringify/sync';
import { addressText } from '../document/address.js';
import type { ReportDocument } from '../document/document.js';
import { visible } from '../document/visible.js';
import { tabulate, type Grid, type GridCell } from '../tabular/tabulate.js';
import { unformulaic } from './unformulaic.js';

/**
 * The whole report in one file of RFC 4180, with the byte order mark that Excel wants before it believes in UTF-8: the
 * address, the front page, and then each table under its title, with an empty line before it. Numbers, times and
 * digests are unformatted.
 */
export function renderCsv(document: ReportDocument): string {
  const rows: (string | number)[][] = [
    [plain(document.title), addressText(document.address)],
    ...document.cover.map(({ name, value }) => [plain(name), plain(value)]),
    ...tabulate(document).flatMap(gridRows),
  ];
  return stringify(rows, { bom: true, record_delimiter: 'windows', escape_formulas: true });
}

function gridRows({ title, columns, rows, remark }: Grid): (string | number)[][] {
  return [
    [],
    [plain(title)],
    columns.map((column) => plain(column.title)),
    ...rows.map((row) => row.map(plain)),
    ...(remark === undefined ? [] : [[plain(remark)]]),
  ];
}

function plain(cell: GridCell): string | number {
  if (cell === null) return '';
  if (typeof cell === 'object') return cell.value;
  return typeof cell === 'number' ? cell : unformulaic(visible(cell, Infinity));
}
