import { fitColumns, type Wish } from './columns.js';
import type { Paper } from './paper.js';
import { LEADING, type TextStyle } from './styles.js';
import type { TextLine } from './typesetter.js';

export interface PrintedTable {
  readonly columns: readonly PrintedColumn[];
  readonly head: TextStyle;
  readonly rows: readonly (readonly (readonly Piece[])[])[];
  /** No wider than its contents ask for; else as wide as the page. */
  readonly isCompact?: boolean;
}

export interface PrintedColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Takes no more than this part of the page's width before it wraps. */
  readonly most?: number;
  /** Does not wrap while there is room for the others' words. */
  readonly isWhole?: boolean;
}

/** A paragraph in a cell. */
export interface Piece {
  readonly text: string;
  readonly style: TextStyle;
  /** What is copied and read out, where that is more than what is printed. */
  readonly actual?: string;
}

/** A table with its lines broken and its columns placed, before it is known on which pages it comes. */
export interface LaidTable {
  /** From the left margin of the page. */
  readonly left: number;
  readonly width: number;
  readonly head: LaidRow;
  readonly rows: readonly LaidRow[];
  /** Of the head and all rows, on an endless page. */
  readonly height: number;
}

export interface LaidRow {
  readonly cells: readonly LaidCell[];
  readonly height: number;
}

export interface LaidCell {
  /** From the left of the table to the text, and the room that the text has. */
  readonly x: number;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly lines: readonly CellLine[];
}

export interface CellLine {
  readonly line: TextLine;
  readonly style: TextStyle;
  readonly actual?: string;
}

export const PAD_Y = 3;
const PAD_X = 5;
/** Between a number at the right of its column and a text at the left of the next. */
const AFTER_NUMBER = 9;
/** A word longer than this part of the page is broken rather than given the room it asks for. */
const LONGEST_WORD = 0.2;
const MOST = 0.4;
const COMPACT_EXTRA = 4;

export function layTable(paper: Paper, table: PrintedTable): LaidTable {
  const places = placesOf(paper, table);
  const lay = (cells: readonly (readonly Piece[])[]) => layRow(paper, cells, places);
  const head = lay(table.columns.map(({ title }) => [{ text: title, style: table.head }]));
  const rows = table.rows.map(lay);
  const last = places.at(-1);
  const width = last === undefined ? paper.width : last.x + last.width + PAD_X;
  return { left: 0, width, head, rows, height: rows.reduce((height, row) => height + row.height, head.height) };
}

export function heightOf(lines: readonly CellLine[]): number {
  return lines.reduce((height, { style }) => height + style.size * LEADING, 0);
}

type Place = Omit<LaidCell, 'lines'>;

function placesOf(paper: Paper, table: PrintedTable): Place[] {
  const insets = table.columns.map((_, index) => insetOf(table.columns, index));
  const wishes = table.columns.map((_, index): Wish => {
    const { natural, least } = wishOf(paper, table, index);
    const padding = insets[index]! + PAD_X + (table.isCompact ? COMPACT_EXTRA : 0);
    return { natural: natural + padding, least: least + padding };
  });
  const asked = wishes.reduce((sum, { natural }) => sum + natural, 0);
  const widths = fitColumns(wishes, table.isCompact ? Math.min(paper.width, asked) : paper.width);
  let left = 0;
  return table.columns.map(({ align }, index) => {
    const inset = insets[index]!;
    const place = { x: left + inset, width: Math.max(1, widths[index]! - inset - PAD_X), align };
    left += widths[index]!;
    return place;
  });
}

function insetOf(columns: readonly PrintedColumn[], index: number): number {
  return columns[index]?.align === 'left' && columns[index - 1]?.align === 'right' ? PAD_X + AFTER_NUMBER : PAD_X;
}

function wishOf({ type, width }: Paper, { columns, head, rows }: PrintedTable, index: number): Wish {
  const { title, most = MOST, isWhole } = columns[index]!;
  let natural = type.width(title, head);
  let least = longestWord(title, (word) => type.width(word, head));
  for (const row of rows) {
    for (const { text, style } of row[index] ?? []) {
      const whole = type.width(text, style);
      natural = Math.max(natural, whole);
      if (whole > least)
        least = Math.max(
          least,
          longestWord(text, (word) => type.width(word, style)),
        );
    }
  }
  least = Math.min(least, width * LONGEST_WORD);
  natural = Math.max(least, Math.min(natural, width * most));
  return { natural, least: isWhole ? natural : least };
}

function longestWord(text: string, widthOf: (word: string) => number): number {
  return text.split(' ').reduce((longest, word) => Math.max(longest, widthOf(word)), 0);
}

function layRow(paper: Paper, cells: readonly (readonly Piece[])[], places: readonly Place[]): LaidRow {
  const laid = places.map((place, index): LaidCell => {
    const lines = (cells[index] ?? []).flatMap(({ text, style, actual }): CellLine[] => {
      const broken = paper.type.wrap(text, style, place.width);
      // A text that is read out otherwise is so as a whole, or not at all.
      return broken.map((line) => ({ line, style, ...(actual !== undefined && broken.length === 1 && { actual }) }));
    });
    return { ...place, lines };
  });
  return { cells: laid, height: Math.max(0, ...laid.map(({ lines }) => heightOf(lines))) + 2 * PAD_Y };
}
