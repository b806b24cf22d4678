import type { Cell } from 'exceljs';
import { visible } from '../document/visible.js';
import type { Amount, GridCell, GridColumn } from '../tabular/tabulate.js';

/** UTF-16 units that Excel keeps of a cell, less what it takes to say that a text was cut. */
const MAX_TEXT = 32_767 - 40;

const NUMBER_FORMATS: Readonly<Record<Amount['unit'], string>> = {
  ratio: '0.0%',
  'per-day': '0.00',
  seconds: '#,##0',
  score: '#,##0.##',
};
const TIME_FORMAT = 'yyyy-mm-dd hh:mm:ss';

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** Writes a cell as what it is: a number as a number, a time as a date that can be filtered on, and the rest as text. */
export function writeCell(cell: Cell, value: GridCell, type: GridColumn['type']): void {
  if (value === null) return;
  if (typeof value === 'object') writeNumber(cell, value.value, NUMBER_FORMATS[value.unit]);
  else if (typeof value === 'number') writeNumber(cell, value, undefined);
  else if (type === 'time' && isTime(value)) {
    cell.value = new Date(value);
    cell.numFmt = TIME_FORMAT;
  } else {
    cell.value = cellText(value);
    // Kept as text also when somebody edits it.
    cell.numFmt = '@';
  }
}

/** What a cell can hold of the text: with nothing hidden, cut visibly, and without what Excel reads as an escape. */
export function cellText(text: string): string {
  // Making a text visible can lengthen it, so it is cut after that.
  const shown = visible(visible(text, Infinity), MAX_TEXT);
  return shown.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}

function writeNumber(cell: Cell, value: number, format: string | undefined): void {
  // A workbook has no infinity.
  cell.value = Number.isFinite(value) ? value : String(value);
  if (format !== undefined) cell.numFmt = format;
}

function isTime(text: string): boolean {
  // Excel's calendar begins with the year 1900, and its first months are wrong.
  return RFC_3339_UTC.test(text) && !Number.isNaN(Date.parse(text)) && text >= '1901';
}
