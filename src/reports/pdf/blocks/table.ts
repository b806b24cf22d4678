import type { Cell, Column, Table } from '../../document/document.js';
import { cellText } from '../../document/format.js';
import { visible } from '../../document/visible.js';
import type { Paper, StructureElement } from '../layout/paper.js';
import { BODY, CAPTION, CODE, LEADING, SMALL, STRONG, type TextStyle } from '../layout/styles.js';
import { beginningOf, drawLaidTable } from '../layout/table.js';
import { layTable, type Piece, type PrintedTable } from '../layout/table-layout.js';

/** Many columns are set smaller, so that words need not be broken. */
const SIZES: readonly { readonly upTo: number; readonly size: number }[] = [
  { upTo: 5, size: 8.5 },
  { upTo: 12, size: 7.5 },
];
const SMALLEST = 6;

/** A head is repeated on every page: it leaves room for the rows. */
const MAX_TITLE = 60;

export const CAPTION_HEIGHT = CAPTION.size * LEADING + 3;

export function printTable(paper: Paper, parent: StructureElement, table: Table): void {
  const { caption, rows, more } = table;
  const laid = layTable(paper, printedTable(table));
  // A caption does not stay behind alone.
  paper.room(CAPTION_HEIGHT + beginningOf(paper, laid));
  printCaption(paper, parent, caption);
  drawLaidTable(paper, parent, laid);
  if (rows.length === 0) printRemark(paper, parent, 'None.');
  if (more) printRemark(paper, parent, `${more.count} more, not shown here: ${visible(more.link)}`);
  paper.space(14);
}

export function printedTable({ columns, rows }: Table, size = sizeFor(columns.length)): PrintedTable {
  return {
    head: { ...STRONG, size },
    columns: columns.map(({ title, type }) => ({
      title: visible(title, MAX_TITLE),
      align: type === 'number' ? 'right' : 'left',
    })),
    rows: rows.map((row) => columns.map(({ type }, index) => pieces(row[index] ?? null, type, size))),
  };
}

function sizeFor(columns: number): number {
  return SIZES.find(({ upTo }) => columns <= upTo)?.size ?? SMALLEST;
}

export function printCaption(paper: Paper, parent: StructureElement, caption: string): void {
  paper.paragraph(parent, 'H3', visible(caption), CAPTION);
  paper.space(3);
}

function printRemark(paper: Paper, parent: StructureElement, text: string): void {
  paper.space(4);
  paper.paragraph(parent, 'P', text, SMALL);
}

function pieces(cell: Cell, type: Column['type'], size: number): Piece[] {
  if (cell === null) return [];
  const text = cellText(cell, type);
  if (type !== 'digest') return [{ text, style: { ...BODY, size } }];
  const style: TextStyle = { ...CODE, color: BODY.color, size: size - 1.25 };
  const whole = visible(typeof cell === 'object' ? cell.text : String(cell));
  return [{ text, style, ...(whole !== text && { actual: whole }) }];
}
