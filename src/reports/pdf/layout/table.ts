import type { Paper, StructureElement } from './paper.js';
import { ACCENT, LEADING, RULE, SHADE } from './styles.js';
import { heightOf, layTable, PAD_Y, type LaidCell, type LaidRow, type LaidTable } from './table-layout.js';
import type { PrintedTable } from './table-layout.js';

/** A table of no more than this part of a page is not torn over two. */
const KEPT_TOGETHER = 0.25;
/** Of a row that is taller than this, the first lines may stay behind. */
const FIRST_ROW = 60;

export function drawTable(paper: Paper, parent: StructureElement, table: PrintedTable): void {
  drawLaidTable(paper, parent, layTable(paper, table));
}

/** Draws a table over as many pages as it takes, with its head on each, and a row that is taller than a page over several. */
export function drawLaidTable(paper: Paper, parent: StructureElement, table: LaidTable): void {
  paper.room(beginningOf(paper, table));
  const element = paper.child(parent, 'Table');
  drawHead(paper, element, table);
  table.rows.forEach((row) => drawRow(paper, element, table, row));
  element.end();
}

/** What must be on one page with what comes before: a head does not stay behind without a row. */
export function beginningOf({ capacity }: Paper, { head, rows, height }: LaidTable): number {
  return height <= capacity * KEPT_TOGETHER ? height : head.height + Math.min(rows[0]?.height ?? 0, FIRST_ROW);
}

function drawHead(paper: Paper, parent: StructureElement, table: LaidTable): void {
  const { head } = table;
  shade(paper, table);
  const row = paper.child(parent, 'TR');
  // pdfkit takes the scope, and its types do not know it yet.
  const scope = { scope: 'Column' } as PDFKit.Mixins.StructureElementOptions;
  head.cells.forEach((cell) => {
    const element = paper.child(row, 'TH', scope);
    if (cell.lines.length > 0) element.add(() => drawCell(paper, table, cell));
    element.end();
  });
  row.end();
  paper.y += head.height;
}

/** On the pages that follow, the head is a decoration: who listens has heard it. */
function repeatHead(paper: Paper, table: LaidTable): void {
  const { head } = table;
  paper.nextPage();
  shade(paper, table);
  paper.decorate(() => head.cells.forEach((cell) => drawCell(paper, table, cell)), 'Pagination');
  paper.y += head.height;
}

function shade(paper: Paper, { left, width, head }: LaidTable): void {
  paper.decorate(() => {
    paper.doc.rect(paper.left + left, paper.y, width, head.height).fill(SHADE);
    paper.rule(paper.y + head.height, width, { left, color: ACCENT, thickness: 0.8 });
  });
}

function drawRow(paper: Paper, parent: StructureElement, table: LaidTable, { cells, height }: LaidRow): void {
  const tallest = paper.capacity - table.head.height;
  if (paper.y + Math.min(height, tallest) > paper.bottom) repeatHead(paper, table);
  const row = paper.child(parent, 'TR');
  const elements = cells.map(() => paper.child(row, 'TD'));
  let rest = cells;
  while (true) {
    const here = rest.map((cell) => ({ ...cell, lines: fitting(cell, paper.bottom - paper.y - 2 * PAD_Y) }));
    here.forEach((cell, index) => {
      if (cell.lines.length > 0) elements[index]!.add(() => drawCell(paper, table, cell));
    });
    paper.y += Math.max(0, ...here.map(({ lines }) => heightOf(lines))) + 2 * PAD_Y;
    paper.decorate(() => paper.rule(paper.y, table.width, { left: table.left, color: RULE, thickness: 0.5 }));
    rest = rest.map((cell, index) => ({ ...cell, lines: cell.lines.slice(here[index]!.lines.length) }));
    if (rest.every(({ lines }) => lines.length === 0)) break;
    repeatHead(paper, table);
  }
  elements.forEach((element) => element.end());
  row.end();
}

/** The lines that fit; at least one, so that there is always an end. */
function fitting({ lines }: LaidCell, room: number): LaidCell['lines'] {
  let height = 0;
  // Sums of heights are not exact.
  const count = lines.findIndex(({ style }) => (height += style.size * LEADING) > room + 0.01);
  return count === -1 ? lines : lines.slice(0, Math.max(1, count));
}

function drawCell(paper: Paper, { left }: LaidTable, { x, width, align, lines }: LaidCell): void {
  let y = paper.y + PAD_Y;
  for (const { line, style, actual } of lines) {
    if (actual !== undefined) paper.doc.markContent('Span', { actual });
    paper.type.draw(line, style, { x: paper.left + left + x, y, width, align });
    if (actual !== undefined) paper.doc.endMarkedContent();
    y += style.size * LEADING;
  }
}
